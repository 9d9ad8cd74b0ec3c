# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever strikes whichever request, a directory is read as it is or not at all, in bounded time."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import DirsyncError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Reading
from ansible_collections.dirsync.bitwarden.tests.chaos.catalogue import (
    FAULTS,
    TIMEOUT,
    Tally,
    bounded,
    discreet,
    injected,
    readable,
    retries,
    sampled,
    small_bounds,
)
from ansible_collections.dirsync.bitwarden.tests.chaos.web_sources import WAITING, WEB_SOURCES, WebSource
from ansible_collections.dirsync.bitwarden.tests.emulators.onelogin import OneLoginEmulator, OneLoginServer
from ansible_collections.dirsync.bitwarden.tests.support.readings import facts


@pytest.fixture(scope="module", params=WEB_SOURCES)
def target(request: pytest.FixtureRequest) -> Iterator[tuple[str, WebSource]]:
    """Yield a source with its name."""
    source = WEB_SOURCES[request.param]()
    yield request.param, source
    source.server.stop()


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[OneLoginServer]:
    """Yield a server that nobody should ever ask."""
    with OneLoginServer(OneLoginEmulator()) as server:
        yield server


@pytest.fixture(scope="module")
def expected(target: tuple[str, WebSource]) -> tuple[Reading, int]:
    """Return what an undisturbed read finds, and the number of requests that it takes."""
    _unused, source = target
    with small_bounds(*WAITING):
        source.server.recorder.clear()
        return source.read(), len(source.server.recorder.requests())


@pytest.mark.parametrize("fault", FAULTS)
def test_a_directory_is_read_as_it_is_or_not_at_all(
    target: tuple[str, WebSource],
    expected: tuple[Reading, int],
    elsewhere: OneLoginServer,
    fault: str,
    whole: bool,
    tally: Callable[[str, str], Tally],
) -> None:
    name, source = target
    cases = tally(name, fault)
    reading, count = expected
    with small_bounds(*WAITING):
        for repeats in retries(fault, whole=whole):
            for number in sampled(count, list(FAULTS).index(fault), whole=whole):
                with bounded(f"request {number}"):
                    cases.add(_outcome(source, reading, fault, number, repeats, elsewhere))
                found = source.read()
                assert facts(found) == facts(reading), f"after request {number}"
    assert elsewhere.recorder.requests() == []


def _outcome(
    source: WebSource, expected: Reading, fault: str, number: int, repeats: int, elsewhere: OneLoginServer
) -> str:
    with injected(source.server, fault, number, elsewhere) as credentials:
        try:
            found = source.read(retries=repeats, patience=TIMEOUT)
        except DirsyncError as error:
            readable(error, [*source.secrets, *credentials])
            return "refused"
    discreet(repr(found), [*source.secrets, *credentials])
    assert facts(found) == facts(expected), f"request {number}"
    return "read"
