# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carrying out a plan while requests are refused, get lost, or had their effect without an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import BitwardenError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    Association,
    Collection,
    MemberStatus,
    MemberType,
    Organization,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.accesses import AccessEntry, WantedAccess
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.apply import Result, apply_plan, predict
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.client import Client
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan import make_plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.transport import SELF_HOSTED, choose_steps
from ansible_collections.dirsync.bitwarden.tests.support.examples import (
    group,
    member,
    organization,
    organization_group,
    snapshot,
    user,
)
from ansible_collections.dirsync.bitwarden.tests.support.organization import OrganizationInMemory

OWNER = MemberType.OWNER
INVITED, REVOKED = MemberStatus.INVITED, MemberStatus.REVOKED
ENTRY = AccessEntry("crew", (WantedAccess("c1"),), exclusive=True)
SWEEPING = Policy(absent="remove", absent_groups="remove", other_roles="user", group_collections=(ENTRY,))


def refusal(status: int) -> BitwardenError:
    return BitwardenError(f"It was answered with {status}", status=status)


def lost() -> BitwardenError:
    return BitwardenError("No answer came", in_doubt=True)


@dataclass
class Disturbed:
    """An organization whose calls can be made to fail: ``before`` they have their effect, or ``after`` it."""

    world: OrganizationInMemory
    before: dict[str, list[BitwardenError | None]] = field(default_factory=dict)
    after: dict[str, list[BitwardenError | None]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self.world, name)

        def call(*args: Any, **keywords: Any) -> Any:
            self.calls.append(name)
            self._fail(self.before, name)
            answer = method(*args, **keywords)
            self._fail(self.after, name)
            return answer

        return call

    @staticmethod
    def _fail(errors: dict[str, list[BitwardenError | None]], name: str) -> None:
        error = errors[name].pop(0) if errors.get(name) else None
        if error:
            raise error


def apply(
    directory: Snapshot, current: Organization, policy: Policy = SWEEPING, client: Any = None
) -> list[tuple[str, str, str]]:
    """Plan and apply; return kind, name and outcome of each action."""
    results = apply_results(directory, current, policy, client)
    return [(r.action.kind.value, r.action.key.removesuffix("@example.org"), r.outcome) for r in results]


def apply_results(
    directory: Snapshot, current: Organization, policy: Policy = SWEEPING, client: Any = None
) -> tuple[Result, ...]:
    plan = make_plan(directory, current, policy)
    return apply_plan(plan.actions, current, cast(Client, client or OrganizationInMemory(current)))


@dataclass(frozen=True)
class Case:
    """A directory and an organization that differ in what one call changes."""

    call: str
    directory: Snapshot
    current: Organization

    def __str__(self) -> str:
        return self.call


ANN = snapshot([user("ann")])
NOBODY = snapshot()
CASES = [
    Case("update_member", ANN, organization([member("ann", None)])),
    Case("update_member", ANN, organization([member("ann", type=MemberType.ADMIN), member("olga", type=OWNER)])),
    Case("restore", ANN, organization([member("ann", status=REVOKED)])),
    Case("invite", ANN, organization()),
    Case("create_group", snapshot([], [group("staff")]), organization()),
    Case(
        "update_group",
        snapshot([], [group("crew", external_id="id-staff")]),
        organization([], [organization_group("staff")]),
    ),
    Case(
        "update_group",
        snapshot([], [group("crew")]),
        replace(
            organization(
                [], [replace(organization_group("crew"), collections=(Association("c2"), Association("c1", True)))]
            ),
            collections=(Collection("c1"), Collection("c2")),
        ),
    ),
    Case(
        "create_group",
        snapshot([], [group("crew")]),
        Organization(collections=(Collection("c1"),)),
    ),
    Case("revoke", snapshot([user("ann", "disabled")]), organization([member("ann")])),
    Case("remove_member", NOBODY, organization([member("ann")])),
    Case("delete_group", NOBODY, organization([], [organization_group("staff")])),
]


def test_check_mode_predicts_every_action_and_does_none() -> None:
    plan = make_plan(snapshot([user("ann"), user("bob")]), organization(), Policy())
    assert [(result.action, result.outcome) for result in predict(plan)] == [(a, "planned") for a in plan.actions]


def test_the_plan_is_carried_out_in_its_order_and_each_result_is_told_at_once() -> None:
    directory = snapshot([user("ann"), user("bob"), user("cleo", "disabled")], [group("staff", "ann", "bob")])
    current = organization([member("bob", None), member("cleo"), member("dora")], [organization_group("old")])
    client = OrganizationInMemory(current)
    told: list[Result] = []
    plan = make_plan(directory, current, SWEEPING)
    results = apply_plan(plan.actions, current, client, told.append)
    assert [call for call, _unused in client.writes] == [
        "update",
        "invite",
        "create_group",
        "set_group_members",
        "revoke",
        "remove",
        "delete_group",
    ]
    assert [(result.action, result.outcome, result.message) for result in results] == [
        (a, "done", "") for a in plan.actions
    ]
    assert told == list(results)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_refused_action_fails_with_the_words_of_the_server(case: Case) -> None:
    client = Disturbed(OrganizationInMemory(case.current), before={case.call: [refusal(409)]})
    results = apply_results(case.directory, case.current, client=client)
    assert [(result.outcome, result.message) for result in results] == [("failed", "It was answered with 409.")]
    assert client.world.state() == case.current


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_action_whose_answer_was_lost_is_done_if_it_took_effect(case: Case) -> None:
    client = Disturbed(OrganizationInMemory(case.current), after={case.call: [lost()]})
    assert [outcome for *_unused, outcome in apply(case.directory, case.current, client=client)] == ["done"]
    assert client.calls.count(case.call) == 1


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_action_that_was_lost_itself_fails_and_is_not_repeated(case: Case) -> None:
    client = Disturbed(OrganizationInMemory(case.current), before={case.call: [lost()]})
    assert [outcome for *_unused, outcome in apply(case.directory, case.current, client=client)] == ["failed"]
    assert client.calls.count(case.call) == 1


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_doubt_that_cannot_be_settled_is_a_failure(case: Case) -> None:
    look = {"invite": "members", "create_group": "groups", "update_group": "group", "delete_group": "group"}
    client = Disturbed(
        OrganizationInMemory(case.current),
        after={case.call: [lost()]},
        before={look.get(case.call, "member"): [BitwardenError("Looking failed", status=500)]},
    )
    results = apply_results(case.directory, case.current, client=client)
    assert [(result.outcome, result.message) for result in results] == [("failed", "Looking failed.")]


def test_one_failure_does_not_hide_the_rest() -> None:
    client = Disturbed(OrganizationInMemory(organization()), before={"invite": [None, refusal(400)]})
    directory = snapshot([user("ann"), user("bob"), user("cleo")])
    assert apply(directory, organization(), client=client) == [
        ("invite_member", "ann", "done"),
        ("invite_member", "bob", "failed"),
        ("invite_member", "cleo", "done"),
    ]


@pytest.mark.parametrize(("status", "outcome"), [(REVOKED, "done"), (MemberStatus.CONFIRMED, "failed")])
def test_a_refusal_to_revoke_is_fine_where_the_member_is_revoked_already(status: MemberStatus, outcome: str) -> None:
    meanwhile = OrganizationInMemory(organization([member("ann", status=status)]))
    client = Disturbed(meanwhile, before={"revoke": [refusal(400)]})
    directory = snapshot([user("ann", "disabled")])
    assert apply(directory, organization([member("ann")]), client=client) == [("revoke_member", "ann", outcome)]


@pytest.mark.parametrize(("status", "outcome"), [(REVOKED, "failed"), (MemberStatus.CONFIRMED, "done")])
def test_a_refusal_to_restore_is_fine_where_the_member_is_active_already(status: MemberStatus, outcome: str) -> None:
    meanwhile = OrganizationInMemory(organization([member("ann", status=status)]))
    client = Disturbed(meanwhile, before={"restore": [refusal(400)]})
    current = organization([member("ann", status=REVOKED)])
    assert apply(ANN, current, client=client) == [("restore_member", "ann", outcome)]


@pytest.mark.parametrize("call", ["remove_member", "delete_group"])
def test_what_somebody_else_removed_meanwhile_is_gone(call: str) -> None:
    case = next(case for case in CASES if case.call == call)
    client = Disturbed(OrganizationInMemory(organization()), before={call: [refusal(404)]})
    assert [outcome for *_unused, outcome in apply(case.directory, case.current, client=client)] == ["done"]


@pytest.mark.parametrize("call", ["remove_member", "delete_group"])
def test_what_is_there_in_spite_of_a_404_is_not_gone(call: str) -> None:
    case = next(case for case in CASES if case.call == call)
    client = Disturbed(OrganizationInMemory(case.current), before={call: [refusal(404)]})
    assert [outcome for *_unused, outcome in apply(case.directory, case.current, client=client)] == ["failed"]


def test_a_member_who_is_gone_cannot_be_revoked() -> None:
    client = Disturbed(OrganizationInMemory(organization([member("ann")])), before={"revoke": [refusal(404)]})
    directory = snapshot([user("ann", "disabled")])
    assert apply(directory, organization([member("ann")]), client=client) == [("revoke_member", "ann", "failed")]


def test_a_member_whose_invitation_answer_was_lost_still_joins_the_group() -> None:
    current = organization([], [organization_group("staff")])
    client = Disturbed(OrganizationInMemory(current), after={"invite": [lost()]})
    results = apply(snapshot([user("ann")], [group("staff", "ann")]), current, client=client)
    assert [outcome for *_unused, outcome in results] == ["done", "done"]
    state = client.world.state()
    assert state.memberships == {"g-staff": frozenset(member.id for member in state.members)}
    assert client.world.invited == ["ann@example.org"]


def test_a_group_whose_creation_answer_was_lost_still_gets_its_members() -> None:
    current = organization([member("ann")])
    client = Disturbed(OrganizationInMemory(current), after={"create_group": [lost()]})
    apply(snapshot([user("ann")], [group("staff", "ann")]), current, client=client)
    assert list(client.world.state().memberships.values()) == [{"m-ann"}]
    assert client.calls.count("create_group") == 1


def test_those_who_could_not_be_invited_are_missing_in_the_group_and_named() -> None:
    current = organization([member("cleo")], [organization_group("staff")])
    client = Disturbed(OrganizationInMemory(current), before={"invite": [refusal(400)]})
    directory = snapshot([user("ann"), user("bob"), user("cleo")], [group("staff", "ann", "bob", "cleo")])
    result = apply_results(directory, current, client=client)[-1]
    assert (result.outcome, result.message) == (
        "failed",
        "The group staff lacks ann@example.org: they could not be invited.",
    )
    assert len(client.world.state().memberships["g-staff"]) == 2


def test_a_membership_without_anybody_to_move_is_not_written() -> None:
    current = organization([], [organization_group("staff")])
    client = Disturbed(OrganizationInMemory(current), before={"invite": [refusal(400)]})
    results = apply(snapshot([user("ann")], [group("staff", "ann")]), current, client=client)
    assert [outcome for *_unused, outcome in results] == ["failed", "failed"]
    assert "set_group_member_ids" not in client.calls


def test_a_group_that_was_not_created_gets_no_members() -> None:
    current = organization([member("ann")])
    client = Disturbed(OrganizationInMemory(current), before={"create_group": [refusal(400)]})
    result = apply_results(snapshot([user("ann")], [group("staff", "ann")]), current, client=client)[-1]
    assert (result.outcome, result.message) == (
        "failed",
        "The members of the group staff were not set: the group was not created.",
    )
    assert "set_group_member_ids" not in client.calls


def test_a_membership_is_written_with_those_who_stay() -> None:
    members = [member("ann"), member("bob"), member("guest", None)]
    current = organization(members, [organization_group("staff")], staff=["bob", "guest"])
    client = OrganizationInMemory(current)
    apply(snapshot([user("ann"), user("bob")], [group("staff", "ann")]), current, client=client)
    assert client.state().memberships == {"g-staff": {"m-ann", "m-guest"}}


def test_replaced_invitations_leave_no_trace_in_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    invitation = member("ann", status=INVITED)
    current = organization([invitation, member("bob")], [organization_group("staff")], staff=["ann", "bob"])
    client = OrganizationInMemory(current)
    written: list[list[str]] = []
    monkeypatch.setattr(client, "set_group_member_ids", lambda group_id, member_ids: written.append(member_ids))
    directory = snapshot([user("ann", email="ann.new"), user("bob")], [group("staff", "ann", "bob")])
    assert [outcome for *_unused, outcome in apply(directory, current, client=client)] == ["done", "done"]
    new = next(found.id for found in client.members() if found.email == "ann.new@example.org")
    assert written == [sorted(["m-bob", new])]


def test_a_withdrawn_invitation_gives_its_address_to_nobody() -> None:
    invitation = replace(member("ann", status=INVITED), external_id="id-bob")
    client = Disturbed(
        OrganizationInMemory(organization([invitation], [organization_group("staff")])),
        before={"invite": [None, refusal(400)]},
    )
    directory = snapshot([user("bob"), user("ann")], [group("staff", "ann")])
    apply(directory, client.world.state(), client=client)
    assert "set_group_member_ids" not in client.calls


@pytest.mark.parametrize("external_id", [None, "uid=ann"])
def test_who_kept_their_external_id_is_not_imported_out_of_a_group(external_id: str | None) -> None:
    members = [replace(member("ann"), external_id=external_id), member("bob")]
    current = organization(members, [organization_group("staff")], staff=["ann"])
    client = Disturbed(OrganizationInMemory(current), before={"update_member": [refusal(400)]})
    plan = make_plan(snapshot([user("ann"), user("bob")], [group("staff", "ann", "bob")]), current, Policy())
    results = apply_plan(choose_steps(plan, current, "import", SELF_HOSTED), current, cast(Client, client))
    assert [result.outcome for result in results] == ["failed", "done"]
    assert client.world.state().memberships == {"g-staff": {"m-ann", "m-bob"}}


def test_an_invitation_that_was_accepted_meanwhile_is_not_withdrawn() -> None:
    current = organization([member("ann", status=INVITED)])
    meanwhile = replace(current, members=(member("ann", status=MemberStatus.ACCEPTED),))
    client = OrganizationInMemory(meanwhile)
    results = apply_results(snapshot([user("ann", email="ann.new")]), current, client=client)
    assert [(result.outcome, "accepted meanwhile" in result.message) for result in results] == [("failed", True)]
    assert client.state() == meanwhile


def test_an_invitation_that_somebody_else_withdrew_meanwhile_is_replaced() -> None:
    client = OrganizationInMemory(organization())
    directory = snapshot([user("ann", email="ann.new")])
    results = apply(directory, organization([member("ann", status=INVITED)]), client=client)
    assert results == [("replace_invitation", "ann", "done")]
    assert client.invited == ["ann.new@example.org"]


@pytest.mark.parametrize("status", [401, 402, 403])
def test_what_concerns_the_credential_or_the_subscription_ends_the_run(status: int) -> None:
    client = Disturbed(OrganizationInMemory(organization()), before={"invite": [None, refusal(status)]})
    results = apply_results(
        snapshot([user(name) for name in ("ann", "bob", "cleo", "dora")]), organization(), client=client
    )
    assert [(result.outcome, result.message) for result in results] == [
        ("done", ""),
        ("failed", f"It was answered with {status}."),
        ("failed", f"Not attempted: It was answered with {status}"),
        ("failed", f"Not attempted: It was answered with {status}"),
    ]
    assert client.calls.count("invite") == 2


def test_three_lost_answers_in_a_row_end_the_run() -> None:
    silence = BitwardenError("No answer came")
    client = Disturbed(OrganizationInMemory(organization()), before={"invite": [silence] * 3})
    results = apply_results(
        snapshot([user(name) for name in ("ann", "bob", "cleo", "dora")]), organization(), client=client
    )
    assert [result.message for result in results] == ["No answer came."] * 3 + ["Not attempted: No answer came"]


@pytest.mark.parametrize("between", [None, refusal(400), refusal(503)], ids=["success", "400", "503"])
def test_any_answer_shows_that_the_server_is_there(between: BitwardenError | None) -> None:
    silence = BitwardenError("No answer came")
    client = Disturbed(
        OrganizationInMemory(organization()), before={"invite": [silence, silence, between, silence, silence]}
    )
    apply(snapshot([user(f"p{number}") for number in range(6)]), organization(), client=client)
    assert client.calls.count("invite") == 6
