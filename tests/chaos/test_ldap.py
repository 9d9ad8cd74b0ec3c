# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a directory server sends, in whichever message, it is read as it is or not at all, in bounded time."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import DirsyncError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap import channel, connection
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Reading
from ansible_collections.dirsync.bitwarden.tests.chaos.catalogue import (
    REFUSED,
    TIMEOUT,
    Tally,
    bounded,
    discreet,
    readable,
    sampled,
)
from ansible_collections.dirsync.bitwarden.tests.chaos.ldap_faults import DRIP, LDAP_FAULTS, REFERRALS, SpoilingProxy
from ansible_collections.dirsync.bitwarden.tests.chaos.ldap_sources import LDAP_SOURCES, LdapSource
from ansible_collections.dirsync.bitwarden.tests.support.readings import facts

PAUSE = TIMEOUT / 15
NOBODY = "ldap://127.0.0.1:1"


@dataclass
class Target:
    """A source behind a proxy, what an undisturbed read finds, and the number of messages that it takes."""

    name: str
    source: LdapSource
    proxy: SpoilingProxy
    expected: Reading
    messages: int

    def read(self, *urls: str) -> Reading | None:
        """Return a reading that is as expected, or None where it was refused in words."""
        try:
            found = self.source.read(*urls, patience=1)
        except DirsyncError as error:
            readable(error, [self.source.secret])
            return None
        discreet(repr(found), [self.source.secret])
        self.check(found)
        return found

    def check(self, found: Reading) -> None:
        """Compare with what an undisturbed read finds; without rights to see deleted users they are merely absent."""
        users, groups = facts(self.expected)
        if any(warning.code == "deleted_unreadable" for warning in found.warnings):
            users = frozenset(user for user in users if user.status != "deleted")
        assert facts(found) == (users, groups)

    def check_next_read(self) -> None:
        """See that nothing is left of a fault."""
        self.proxy.spoil(0, lambda message: [message])
        self.check(self.source.read(self.proxy.url))


@pytest.fixture(scope="module", params=LDAP_SOURCES)
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """Yield a proxy in front of a server with a few people."""
    folder = tmp_path_factory.mktemp("ldap") / "server"
    with LDAP_SOURCES[request.param](folder) as source, SpoilingProxy(source.url) as proxy:
        expected = source.read(proxy.url)
        yield Target(request.param, source, proxy, expected, proxy.count)


@pytest.fixture
def elsewhere() -> Iterator[socket.socket]:
    """Yield the socket of a server that nobody should ever ask."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield listener


@pytest.fixture(autouse=True)
def _small_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "MOST_WAITS", 1)


@pytest.mark.parametrize("fault", [*LDAP_FAULTS, *REFERRALS])
def test_a_directory_is_read_as_it_is_or_not_at_all(
    target: Target,
    elsewhere: socket.socket,
    fault: str,
    whole: bool,
    tally: Callable[[str, str], Tally],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cases = tally(target.name, fault)
    url = f"ldap://127.0.0.1:{elsewhere.getsockname()[1]}"
    spoil = REFERRALS[fault](url) if fault in REFERRALS else LDAP_FAULTS[fault]
    for number in sampled(target.messages, [*LDAP_FAULTS, *REFERRALS].index(fault), whole=whole):
        target.proxy.spoil(number, spoil, pause=PAUSE if fault == DRIP else 0.0)
        with monkeypatch.context() as patch, bounded(f"message {number}"):
            patch.setattr(connection, "Channel", lambda connected, _patience: channel.Channel(connected, TIMEOUT))
            cases.add("read" if target.read(target.proxy.url) else "refused")
        target.check_next_read()
    with pytest.raises(BlockingIOError):
        elsewhere.accept()


def test_a_server_that_nobody_can_reach_is_an_error_unless_another_one_answers(
    target: Target, tally: Callable[[str, str], Tally]
) -> None:
    cases = tally(target.name, REFUSED)
    for urls in ([NOBODY], [NOBODY, target.proxy.url], [NOBODY, NOBODY]):
        with bounded(str(urls)):
            cases.add("read" if target.read(*urls) else "refused")
    assert cases.ends == {"read": 1, "refused": 2}
    target.check_next_read()
