# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plan becomes on a server that has the import only: its calls, its results, and what it cannot do."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import BitwardenError, ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    ImportedGroup,
    ImportedMember,
    Organization,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Action, Kind, Plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.apply import Result
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.import_only import (
    CARRIED,
    batches,
    possible,
    require_possible,
    send,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan import make_plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.record import (
    organization_after,
    organization_from_record,
)
from ansible_collections.dirsync.bitwarden.tests.support.examples import group, refused, snapshot, steps, user

BEFORE = organization_from_record(
    {
        "members": {
            "id-ann": {"email": "ann@example.org", "revoked": True},
            "id-bob": {"email": "bob@example.org", "revoked": False},
            "old": {"email": "dora@example.org", "revoked": False},
        },
        "groups": {"id-staff": {"name": "staff", "members": ["id-ann", "id-bob"]}},
    }
)
DIRECTORY = snapshot([user("ann"), user("cleo"), user("dora")], [group("staff", "cleo"), group("boards")])
PLAN = make_plan(DIRECTORY, BEFORE, Policy())


class Server:
    """Takes imports and refuses those whose numbers are given."""

    def __init__(self, *refused: int) -> None:
        self._refused = refused
        self.calls: list[tuple[Sequence[ImportedMember], Sequence[ImportedGroup]]] = []

    def import_directory(self, members: Sequence[ImportedMember], groups: Sequence[ImportedGroup]) -> None:
        self.calls.append((members, groups))
        if len(self.calls) in self._refused:
            raise BitwardenError("POST import failed", status=400)


def test_the_example_has_something_of_everything() -> None:
    assert steps(PLAN) == [
        ("rekey_member", "dora", "same_email"),
        ("restore_member", "ann", "active_again"),
        ("invite_member", "cleo", "new_user"),
        ("create_group", "boards", "new_group"),
        ("set_group_members", "staff", "membership"),
        ("revoke_member", "bob", "absent_from_directory"),
    ]


def test_access_is_given_before_it_is_taken_away_and_groups_come_last() -> None:
    server = Server()
    send(PLAN, organization_after(PLAN, BEFORE), server)
    assert server.calls == [
        (tuple(ImportedMember(f"id-{name}", f"{name}@example.org") for name in ("ann", "dora", "cleo")), ()),
        ((ImportedMember("id-bob", "bob@example.org", deleted=True),), ()),
        ((), (ImportedGroup("id-staff", "staff", ("id-cleo",)), ImportedGroup("id-boards", "boards"))),
    ]


def test_every_action_is_carried_once() -> None:
    carried = [action for batch in batches(PLAN, organization_after(PLAN, BEFORE)) for action in batch.actions]
    assert sorted(map(str, carried)) == sorted(map(str, PLAN.actions))


@pytest.mark.parametrize(("number", "kinds"), [(2, {"revoke_member"}), (3, {"create_group", "set_group_members"})])
def test_what_a_refused_call_carried_has_failed_and_the_rest_is_done(number: int, kinds: set[str]) -> None:
    heard: list[Result] = []
    server = Server(number)
    results = send(PLAN, organization_after(PLAN, BEFORE), server, heard.append)
    assert tuple(result.action for result in results) == PLAN.actions
    assert {result.action.kind.value for result in results if result.outcome == "failed"} == kinds
    assert {result.message for result in results if result.outcome == "failed"} == {"POST import failed."}
    assert len(server.calls) == 3
    assert sorted(map(str, heard)) == sorted(map(str, results))


def test_nothing_is_sent_for_an_empty_plan() -> None:
    server = Server()
    assert send(Plan(()), Organization(), server) == ()
    assert server.calls == []


@pytest.mark.parametrize("kind", sorted(set(Kind) - CARRIED))
def test_what_the_import_does_not_offer_is_refused(kind: Kind) -> None:
    plan = possible(Plan((Action(kind, "ann@example.org", "some_reason", "id-ann", "m-ann"), *PLAN.actions)))
    assert plan.actions == PLAN.actions
    assert refused(plan) == [("ann", "not_offered")]
    assert f"({kind.value.replace('_', ' ')}, some_reason)" in plan.refusals[0].message


@pytest.mark.parametrize("days", ["reinvite_days", "purge_days"])
def test_a_policy_about_open_invitations_is_impossible(days: str) -> None:
    with pytest.raises(ConfigurationError, match="does not tell who has accepted"):
        require_possible(Policy(**{days: 7}))


def test_a_policy_that_only_revokes_is_possible() -> None:
    require_possible(Policy(absent="ignore"))
