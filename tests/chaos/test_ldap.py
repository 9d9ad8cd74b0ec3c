# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a directory server sends, in whichever message, it is read as it is or not at all, in bounded time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.ldap import ldap_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import DirsyncError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap import channel
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.registry import provider
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Reading
from ansible_collections.dirsync.bitwarden.tests.chaos.catalogue import SECONDS, Tally, readable, sampled
from ansible_collections.dirsync.bitwarden.tests.chaos.ldap_faults import LDAP_FAULTS, SpoilingProxy
from ansible_collections.dirsync.bitwarden.tests.servers.directory_data import directory_ldif
from ansible_collections.dirsync.bitwarden.tests.servers.slapd import Slapd

DRIP = 0.02


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SpoilingProxy]:
    """Yield a proxy in front of a server with a few people."""
    with Slapd(tmp_path_factory.mktemp("slapd") / "server") as server:
        server.load(directory_ldif(12, 4))
        with SpoilingProxy(server.ldap_url) as proxy:
            yield proxy


@pytest.fixture(scope="module")
def expected(proxy: SpoilingProxy) -> tuple[Reading, int]:
    """Return what an undisturbed read finds, and the number of messages that it takes."""
    proxy.spoil(0, lambda message: [message])
    return read(proxy), proxy.count


def read(proxy: SpoilingProxy) -> Reading:
    """Return one complete reading."""
    given: dict[str, Any] = {
        "servers": [proxy.url],
        "allow_cleartext": True,
        "base_dn": Slapd.base_dn,
        "bind_dn": Slapd.reader_dn,
        "bind_password": Slapd.reader_password,
        "connect_timeout": 1,
        "read_timeout": 1,
    }
    validated = ArgumentSpecValidator(ldap_spec()).validate(given)
    assert validated.error_messages == []
    request = {"user_query": None, "group_query": None, "read_groups": True}
    return provider("ldap", "people", {**validated.validated_parameters, **request}).read()


@pytest.mark.parametrize("fault", LDAP_FAULTS)
def test_a_directory_is_read_as_it_is_or_not_at_all(
    proxy: SpoilingProxy,
    expected: tuple[Reading, int],
    fault: str,
    whole: bool,
    tally: Callable[[str, str], Tally],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(channel, "MOST_WAITS", 1)
    cases = tally("ldap", fault)
    reading, count = expected
    for number in sampled(count, list(LDAP_FAULTS).index(fault), whole=whole):
        proxy.spoil(number, LDAP_FAULTS[fault], pause=DRIP if fault == "drip" else 0.0)
        started = time.monotonic()
        try:
            found = read(proxy)
        except DirsyncError as error:
            readable(error, [Slapd.reader_password])
            cases.add("refused")
        else:
            assert (found.users, found.groups) == (reading.users, reading.groups), f"message {number}"
            cases.add("read")
        assert time.monotonic() - started < SECONDS, f"message {number}"
