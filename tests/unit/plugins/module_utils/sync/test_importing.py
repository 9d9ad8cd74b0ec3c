# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What counts as done after a bulk import, and what happens to the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import BitwardenError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    ImportedGroup,
    ImportedMember,
    Member,
    Organization,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.apply import Result, apply_plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.importing import MOST_IDLE_LOOKS
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan import make_plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.transport import CLOUD, choose_steps
from ansible_collections.dirsync.bitwarden.tests.support.examples import (
    group,
    member,
    organization,
    organization_group,
    snapshot,
    user,
)
from ansible_collections.dirsync.bitwarden.tests.support.organization import OrganizationInMemory

DIRECTORY = snapshot([user("ann"), user("bob")], [group("staff", "ann", "bob")])


class FaultyImport(OrganizationInMemory):
    """An organization whose import is refused, partial or unanswered."""

    def __init__(
        self,
        *,
        keep: Callable[[ImportedMember], bool] = lambda entry: True,
        error: BitwardenError | None = None,
        blind: bool = False,
    ) -> None:
        super().__init__(Organization())
        self._keep = keep
        self._error = error
        self._blind = blind
        self._imported = False

    def import_directory(
        self, members: Sequence[ImportedMember], groups: Sequence[ImportedGroup], *, invite: bool = True
    ) -> None:
        super().import_directory([entry for entry in members if self._keep(entry)], groups)
        self._imported = True
        if self._error:
            raise self._error

    def members(self) -> tuple[Member, ...]:
        if self._blind and self._imported:
            raise BitwardenError("GET members failed", status=503)
        return super().members()


def run(client: FaultyImport) -> tuple[list[tuple[str, str]], list[Result], list[float]]:
    """Apply; return the writes, the results, and the waits."""
    plan = make_plan(DIRECTORY, Organization(), Policy())
    waits: list[float] = []
    results = apply_plan(
        choose_steps(plan, Organization(), "import", CLOUD), Organization(), client, sleep=waits.append
    )
    return client.writes, list(results), waits


def test_a_good_import_needs_no_other_call() -> None:
    writes, results, _unused = run(FaultyImport())
    assert [what for what, _unused in writes] == ["import", "import"]
    assert {result.outcome for result in results} == {"done"}


def test_what_the_import_left_out_silently_is_done_by_single_calls() -> None:
    client = FaultyImport(keep=lambda entry: entry.email != "bob@example.org")
    writes, results, _unused = run(client)
    assert ("invite", "bob@example.org") in writes
    assert {result.outcome for result in results} == {"done"}
    assert make_plan(DIRECTORY, client.state(), Policy()).actions == ()


def test_a_refused_import_is_done_by_single_calls_except_for_what_it_did() -> None:
    refusal = BitwardenError("POST import", status=400, server="Seat limit has been reached.")
    client = FaultyImport(keep=lambda entry: entry.email == "ann@example.org", error=refusal)
    writes, results, _unused = run(client)
    assert [subject for what, subject in writes if what == "invite"] == ["bob@example.org"]
    assert not [what for what, _unused in writes if what == "create_group"]
    assert {result.outcome for result in results} == {"done"}


def test_after_an_import_without_answer_nobody_is_invited_beside_it() -> None:
    lost = BitwardenError("POST import got no answer", in_doubt=True)
    client = FaultyImport(keep=lambda entry: entry.email == "ann@example.org", error=lost)
    writes, results, waits = run(client)
    assert [what for what, _unused in writes if what == "invite"] == []
    by_key = {result.action.key: result for result in results if result.action.kind.value == "invite_member"}
    assert by_key["ann@example.org"].outcome == "done"
    assert by_key["bob@example.org"].outcome == "failed"
    assert len(waits) == MOST_IDLE_LOOKS * 2


def test_when_the_outcome_cannot_be_read_nothing_is_repeated() -> None:
    writes, results, _unused = run(FaultyImport(blind=True))
    assert [what for what, _unused in writes] == ["import", "import"]
    assert {result.outcome for result in results} == {"failed"}


@pytest.mark.parametrize("status", [401, 402, 403])
def test_a_refused_credential_ends_the_run(status: int) -> None:
    client = FaultyImport(keep=lambda entry: False, error=BitwardenError("POST import", status=status))
    client.import_directory = _refuse(status)  # type: ignore[method-assign]
    writes, results, _unused = run(client)
    assert writes == []
    assert {result.outcome for result in results} == {"failed"}


def _refuse(status: int) -> Callable[..., None]:
    def refuse(members: Sequence[ImportedMember], groups: Sequence[ImportedGroup], *, invite: bool) -> None:
        raise BitwardenError(f"POST import of {len(members)} and {len(groups)}", status=status)

    return refuse


def test_whom_the_import_invited_joins_a_group_that_only_a_single_call_can_set() -> None:
    current = organization([member("guest", None)], [organization_group("staff")], staff=["guest"])
    client = OrganizationInMemory(current)
    plan = make_plan(snapshot([user("ann")], [group("staff", "ann")]), current, Policy())
    apply_plan(choose_steps(plan, current, "import", CLOUD), current, client)
    assert [what for what, _unused in client.writes] == ["import", "set_group_members"]
    assert client.state().memberships["g-staff"] == {found.id for found in client.members()}


def test_a_group_that_the_import_left_empty_gets_its_members_by_a_single_call() -> None:
    class Emptying(FaultyImport):
        def import_directory(
            self, members: Sequence[ImportedMember], groups: Sequence[ImportedGroup], *, invite: bool = True
        ) -> None:
            super().import_directory(members, [replace(entry, member_external_ids=()) for entry in groups])

    client = Emptying()
    writes, results, _unused = run(client)
    assert [what for what, _unused in writes] == ["import", "import", "set_group_members"]
    assert {result.outcome for result in results} == {"done"}
    assert make_plan(DIRECTORY, client.state(), Policy()).actions == ()
