# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Converging an organization on Vaultwarden: from a module's options to the imports that the server gets."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.bitwarden import bitwarden_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.convergence import convergence_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    ConfigurationError,
    ConvergenceError,
    GuardError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.convergence import converge
from ansible_collections.dirsync.bitwarden.plugins.module_utils.snapshot.store import write_snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.import_only import (
    GROUPS_UNCERTAIN,
    NOTHING_RECORDED,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan import BOTH, Part
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import BitwardenServer, Mode, Role, Status
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import StartBitwarden, bitwarden_server
from ansible_collections.dirsync.bitwarden.tests.emulators.common.faults import Fault, Kind, When
from ansible_collections.dirsync.bitwarden.tests.support.examples import group, snapshot, user

__all__ = ["bitwarden_server"]

Converge = Callable[..., dict[str, Any]]

PEOPLE = ["ann", "bob", "cleo"]


@pytest.fixture
def server(bitwarden_server: StartBitwarden) -> BitwardenServer:
    """Return an organization on Vaultwarden, with groups."""
    vaultwarden = bitwarden_server(mode=Mode.VAULTWARDEN, rate_limits=False)
    vaultwarden.organization.configure(vaultwarden_groups_enabled=True)
    return vaultwarden


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state.json"


@pytest.fixture
def run(server: BitwardenServer, tmp_path: Path, state: Path) -> Converge:
    """Return a function that converges the organization to a snapshot, with a state file unless told otherwise."""

    def call(
        directory: Snapshot, parts: Collection[Part] = BOTH, *, check_mode: bool = False, **further: Any
    ) -> dict[str, Any]:
        write_snapshot(directory, tmp_path / "snapshot.json")
        given = {
            "server_url": server.url,
            "client_id": server.client_id,
            "client_secret": server.client_secret,
            "retries": 0,
            "lock_directory": str(tmp_path / "locks"),
            "snapshot": str(tmp_path / "snapshot.json"),
            "state_file": str(state),
            **further,
        }
        validated = ArgumentSpecValidator({**bitwarden_spec(), **convergence_spec()}).validate(given)
        assert validated.error_messages == []
        return converge(validated.validated_parameters, parts, check_mode=check_mode)

    return call


def people(*names: str) -> Snapshot:
    """Return a directory of these people, all of them in the group staff."""
    return snapshot([user(name) for name in names], [group("staff", *names)])


def status(server: BitwardenServer, name: str) -> int:
    return server.organization.member(f"{name}@example.org").status


def imports(server: BitwardenServer) -> list[dict[str, Any]]:
    return [record.body for record in server.recorder.writes()]


def actions(result: dict[str, Any]) -> list[tuple[str, str]]:
    return [(action["action"], action["key"].removesuffix("@example.org")) for action in result["plan"]["actions"]]


def test_a_first_run_sends_everything_and_says_what_cannot_be_known(run: Converge, server: BitwardenServer) -> None:
    result = run(people("ann", "bob"))
    assert result["outcomes"] == {"planned": 0, "done": 4, "failed": 0, "refused": 0}
    assert result["warnings"] == [NOTHING_RECORDED, GROUPS_UNCERTAIN]
    assert server.organization.member("ann@example.org").external_id == "id-ann"
    assert server.organization.memberships() == {"staff": {"ann@example.org", "bob@example.org"}}


def test_a_second_run_writes_nothing_and_has_nothing_to_warn_of(run: Converge, server: BitwardenServer) -> None:
    run(people("ann", "bob"))
    server.recorder.clear()
    result = run(people("ann", "bob"))
    assert (result["changed"], result["diff"], result["warnings"]) == (False, [], [])
    assert server.recorder.writes() == []


def test_check_mode_writes_nothing_and_says_what_the_real_run_does(
    run: Converge, server: BitwardenServer, state: Path
) -> None:
    run(people("ann", "bob"))
    server.recorder.clear()
    recorded = state.read_bytes()
    preview = run(people("bob", "cleo"), check_mode=True)
    assert (server.recorder.writes(), state.read_bytes()) == ([], recorded)
    assert preview["outcomes"]["planned"] == 3
    real = run(people("bob", "cleo"))
    assert [real[name] for name in ("digest", "plan", "counts", "diff", "warnings")] == [
        preview[name] for name in ("digest", "plan", "counts", "diff", "warnings")
    ]


def test_only_what_differs_is_sent_and_nothing_is_ever_overwritten(run: Converge, server: BitwardenServer) -> None:
    run(snapshot([user("ann"), user("bob")], [group("staff", "ann"), group("boards", "bob")]))
    server.recorder.clear()
    run(snapshot([user("ann"), user("cleo")], [group("staff", "ann", "cleo"), group("boards")]))
    sent = imports(server)
    assert [call["members"] for call in sent] == [
        [{"email": "cleo@example.org", "externalId": "id-cleo", "deleted": False}],
        [{"email": "bob@example.org", "externalId": "id-bob", "deleted": True}],
        [],
    ]
    assert [call["groups"] for call in sent] == [
        [],
        [],
        [
            {"name": "boards", "externalId": "id-boards", "memberExternalIds": []},
            {"name": "staff", "externalId": "id-staff", "memberExternalIds": ["id-ann", "id-cleo"]},
        ],
    ]
    assert not any(call["overwriteExisting"] for call in sent)


def test_who_leaves_is_revoked_and_who_comes_back_is_restored(run: Converge, server: BitwardenServer) -> None:
    run(people(*PEOPLE))
    leaving = run(snapshot([user("ann"), user("bob", "disabled")], [group("staff", "ann")]))
    assert ("revoke_member", "bob") in actions(leaving)
    assert ("revoke_member", "cleo") in actions(leaving)
    assert [status(server, name) for name in PEOPLE] == [Status.INVITED, Status.REVOKED, Status.REVOKED]
    returning = run(people(*PEOPLE))
    assert actions(returning) == [
        ("restore_member", "bob"),
        ("restore_member", "cleo"),
        ("set_group_members", "staff"),
    ]
    assert [status(server, name) for name in PEOPLE] == [Status.INVITED] * 3


def test_a_new_identity_key_replaces_the_old_one(run: Converge, server: BitwardenServer) -> None:
    run(people("ann"))
    result = run(snapshot([user("ann", external_id="new")]))
    assert actions(result) == [("rekey_member", "ann")]
    assert server.organization.member("ann@example.org").external_id == "new"
    assert run(snapshot([user("ann", external_id="new")]))["changed"] is False


def test_a_new_address_is_reported_and_makes_no_second_member(run: Converge, server: BitwardenServer) -> None:
    run(snapshot([user("ann")]))
    result = run(snapshot([user("ann", email="ann.miller")]))
    assert result["changed"] is False
    assert "(email_differs)" in result["warnings"][0]
    assert "ann.miller@example.org" not in server.organization.members()


@pytest.mark.parametrize(
    "renamed", [group("crew", "ann", external_id="id-staff"), group("staff", "ann", external_id="new")]
)
def test_a_group_keeps_its_name_and_external_id_and_that_is_said(
    run: Converge, server: BitwardenServer, renamed: Any
) -> None:
    run(people("ann"))
    result = run(snapshot([user("ann")], [renamed]))
    assert result["changed"] is False
    assert result["warnings"][0].startswith("staff: Vaultwarden's import does not offer this (update group, re")
    assert [(found.name, found.external_id) for found in server.organization.groups()] == [("staff", "id-staff")]


def test_roles_and_collections_are_refused_and_everybody_is_invited_as_user(
    run: Converge, server: BitwardenServer
) -> None:
    policy = {
        "roles": [{"group": "staff", "type": "admin"}],
        "other_roles": "user",
        "group_collections": [{"group": "staff", "collections": [{"collection": "servers"}]}],
    }
    result = run(people("ann"), policy=policy)
    assert [warning.partition(", so")[0] for warning in result["warnings"][-2:]] == [
        "staff: Vaultwarden's import does not offer roles",
        "staff: Vaultwarden's import does not offer collections",
    ]
    assert server.organization.member("ann@example.org").type == Role.USER
    assert run(people("ann"), policy=policy)["changed"] is False


def test_a_group_under_another_key_keeps_its_members_up_to_date(run: Converge, server: BitwardenServer) -> None:
    run(people("ann"))
    run(snapshot([user("ann"), user("bob")], [group("staff", "ann", "bob", external_id="new")]))
    assert server.organization.memberships() == {"staff": {"ann@example.org", "bob@example.org"}}


def test_without_a_state_file_everything_is_sent_each_time(run: Converge, server: BitwardenServer) -> None:
    for _run in range(2):
        result = run(people("ann"), state_file=None)
        assert actions(result) == [("invite_member", "ann"), ("create_group", "staff"), ("set_group_members", "staff")]
        assert NOTHING_RECORDED in result["warnings"]
    assert len(server.organization.groups()) == 1


def test_without_a_record_whoever_is_out_of_service_is_revoked(run: Converge, server: BitwardenServer) -> None:
    server.organization.add_member("bob@example.org")
    directory = snapshot([user("ann"), user("bob", "disabled"), user("cleo", "deleted")])
    assert run(directory)["counts"]["revoke_member"] == 2
    assert status(server, "bob") == Status.REVOKED
    assert "cleo@example.org" not in server.organization.members()
    assert run(directory)["changed"] is False


def test_members_and_groups_one_after_the_other_share_the_record(run: Converge, server: BitwardenServer) -> None:
    run(people("ann", "bob"), {"members"})
    run(people("ann", "bob"), {"groups"})
    assert server.organization.memberships() == {"staff": {"ann@example.org", "bob@example.org"}}
    server.recorder.clear()
    assert run(people("ann", "bob"))["changed"] is False
    assert server.recorder.writes() == []


def test_groups_alone_begin_no_record(run: Converge, server: BitwardenServer) -> None:
    server.organization.add_member("ann@example.org", external_id="id-ann")
    run(people("ann", "bob"), {"groups"})
    assert server.organization.memberships() == {"staff": {"ann@example.org"}}
    assert ("invite_member", "bob") in actions(run(people("ann", "bob")))


def test_a_server_without_groups_is_warned_of(run: Converge, server: BitwardenServer) -> None:
    server.organization.configure(vaultwarden_groups_enabled=False)
    assert GROUPS_UNCERTAIN in run(people("ann"))["warnings"]
    assert server.organization.groups() == []


def test_a_failure_is_sent_again_and_does_not_hide_the_rest(run: Converge, server: BitwardenServer) -> None:
    run(people("ann", "bob"))
    server.organization.configure(undeliverable=["cleo@example.org"])
    with pytest.raises(ConvergenceError, match=r"1 of 3 actions failed: cleo@.*Failed to send mail") as error:
        run(people("ann", "cleo"))
    assert error.value.result["outcomes"] == {"planned": 0, "done": 2, "failed": 1, "refused": 0}
    assert status(server, "bob") == Status.REVOKED
    server.recorder.clear()
    assert actions(run(people("ann", "cleo"))) == [("invite_member", "cleo"), ("set_group_members", "staff")]
    assert [len(call["members"]) for call in imports(server)] == [1, 0]
    assert server.organization.memberships() == {"staff": {"ann@example.org", "cleo@example.org"}}
    assert run(people("ann", "cleo"))["changed"] is False


def test_who_was_invited_by_a_call_that_failed_is_taken_back_if_the_directory_drops_them(
    run: Converge, server: BitwardenServer
) -> None:
    run(people("ann"))
    server.faults.add(Fault(Kind.DROP, When(method="POST", path="/import$"), after_effect=True))
    with pytest.raises(ConvergenceError):
        run(people("ann", "bob"))
    assert status(server, "bob") == Status.INVITED
    assert actions(run(people("ann"))) == [
        ("create_group", "staff"),
        ("set_group_members", "staff"),
        ("revoke_member", "bob"),
    ]
    assert (status(server, "bob"), run(people("ann"))["changed"]) == (Status.REVOKED, False)


@pytest.mark.parametrize("keeps", [True, False], ids=["older", "newer"])
def test_an_address_without_mail_neither_stops_others_nor_costs_them_their_groups(
    run: Converge, server: BitwardenServer, keeps: bool
) -> None:
    for name in ("ann", "cleo"):
        server.organization.add_member(f"{name}@example.org", external_id=f"uid={name}")
    server.organization.add_group("staff", "id-staff", ["ann@example.org", "cleo@example.org"])
    server.organization.configure(undeliverable=["bob@example.org"], vaultwarden_keeps_unmailed=keeps)
    failures = "4 of 6 actions failed: ann@.* Failed to send mail" if keeps else "1 of 6 actions failed: bob@"
    with pytest.raises(ConvergenceError, match=failures):
        run(people("ann", "bob", "cleo", "dora"))
    assert server.organization.memberships()["staff"] >= {f"{name}@example.org" for name in ("ann", "cleo", "dora")}


def test_a_refusal_that_does_not_come_again_fails_the_invitations_of_one_run(
    run: Converge, server: BitwardenServer
) -> None:
    run(people("ann"))
    server.organization.configure(undeliverable=["bob@example.org"])
    with pytest.raises(ConvergenceError, match="may have got no e-mail") as caught:
        run(people("ann", "bob", "cleo"))
    assert (caught.value.result or {})["outcomes"] == {"planned": 0, "done": 1, "failed": 2, "refused": 0}
    everybody = {f"{name}@example.org" for name in PEOPLE}
    assert server.organization.memberships() == {"staff": everybody}
    run(people("ann", "bob", "cleo"))
    assert run(people("ann", "bob", "cleo"))["changed"] is False
    assert server.organization.memberships() == {"staff": everybody}


@pytest.mark.parametrize(("keeps", "failed"), [(True, ["ann", "bob", "cleo"]), (False, ["bob", "cleo"])])
def test_nobody_without_mail_hides_behind_another(
    run: Converge, server: BitwardenServer, keeps: bool, failed: list[str]
) -> None:
    undeliverable = ["bob@example.org", "cleo@example.org"]
    server.organization.configure(undeliverable=undeliverable, vaultwarden_keeps_unmailed=keeps)
    with pytest.raises(ConvergenceError) as caught:
        run(people("ann", "bob", "cleo", "dora"))
    assert re.findall(r"(\w+)@example.org: POST", str(caught.value)) == failed


def test_a_server_that_goes_away_is_not_asked_for_everybody(run: Converge, server: BitwardenServer) -> None:
    server.faults.add(Fault(Kind.STATUS, When(method="POST", path="/import$"), status=400, times=1))
    server.faults.add(Fault(Kind.STATUS, When(method="POST", path="/import$"), status=403, times=None))
    with pytest.raises(ConvergenceError, match="answered 403"):
        run(people(*PEOPLE, "dora", "eve"))
    assert len(imports(server)) <= 3


def test_a_refusal_that_concerned_no_invitation_is_forgotten_once_everybody_was_sent(
    run: Converge, server: BitwardenServer
) -> None:
    run(people(*PEOPLE))
    run(people("ann"))
    server.faults.add(Fault(Kind.STATUS, When(method="POST", path="/import$"), status=400, times=1))
    assert run(people(*PEOPLE))["outcomes"]["failed"] == 0
    assert status(server, "bob") != Status.REVOKED


def test_groups_wait_for_the_external_ids_of_their_members(run: Converge, server: BitwardenServer) -> None:
    server.organization.add_member("ann@example.org", external_id="uid=ann")
    server.organization.add_group("staff", "id-staff", ["ann@example.org"])
    server.faults.add(Fault(Kind.DROP, When(method="POST", path="/import$")))
    with pytest.raises(ConvergenceError, match="The group staff was not sent: the call for its members id-ann failed"):
        run(people("ann"))
    assert server.organization.memberships() == {"staff": {"ann@example.org"}}
    run(people("ann"))
    assert server.organization.memberships() == {"staff": {"ann@example.org"}}


@pytest.mark.parametrize("invite", ["false", "staged"])
def test_without_a_record_and_without_invitations_everybody_stays_in_their_groups(
    run: Converge, server: BitwardenServer, invite: str
) -> None:
    for name in PEOPLE:
        server.organization.add_member(f"{name}@example.org", external_id=f"id-{name}")
    everybody = {f"{name}@example.org" for name in PEOPLE}
    server.organization.add_group("staff", "id-staff", sorted(everybody))
    run(people(*PEOPLE, "dora"), policy={"invite": invite})
    assert server.organization.memberships() == {"staff": everybody}
    assert run(people(*PEOPLE, "dora"), policy={"invite": invite})["changed"] is False
    assert ("invite_member", "dora") in actions(run(people(*PEOPLE, "dora")))
    assert server.organization.memberships() == {"staff": {*everybody, "dora@example.org"}}
    assert run(people(*PEOPLE, "dora"))["changed"] is False


@pytest.mark.parametrize("policy", [{"disabled": "ignore"}, {"protected": {"emails": ["bob@*"]}}])
def test_without_a_record_whoever_is_left_alone_stays_in_their_groups(
    run: Converge, server: BitwardenServer, policy: dict[str, Any]
) -> None:
    server.organization.add_member("bob@example.org", external_id="id-bob")
    server.organization.add_group("staff", "id-staff", ["bob@example.org"])
    run(snapshot([user("ann"), user("bob", "disabled")], [group("staff", "ann", "bob")]), policy=policy)
    assert server.organization.memberships() == {"staff": {"ann@example.org", "bob@example.org"}}


def test_a_group_that_a_failed_call_was_about_is_sent_again(run: Converge, server: BitwardenServer) -> None:
    run(people("ann", "bob"))
    server.faults.add(Fault(Kind.DROP, When(method="POST", path="/import$"), after_effect=True))
    with pytest.raises(ConvergenceError):
        run(snapshot([user("ann"), user("bob")], [group("staff", "ann")]))
    run(people("ann", "bob"))
    assert server.organization.memberships() == {"staff": {"ann@example.org", "bob@example.org"}}


def test_a_first_run_that_fails_leaves_the_guard_against_shrinking_without_memory(
    run: Converge, server: BitwardenServer, state: Path
) -> None:
    server.faults.add(Fault(Kind.DROP, When(method="POST", path="/import$"), after_effect=True))
    with pytest.raises(ConvergenceError, match="1 of 1 actions failed"):
        run(snapshot([user("ann")]))
    assert json.loads(state.read_text())["applied_counts"] == {}
    assert run(snapshot([user("ann")]))["outcomes"]["done"] == 1
    assert len(server.organization.members()) == 2


def test_a_guard_stops_everything_before_anything_is_sent(run: Converge, server: BitwardenServer) -> None:
    run(people(*PEOPLE))
    server.recorder.clear()
    policy = {"guards": {"revocations": {"count": 1}}}
    with pytest.raises(GuardError, match="2 of 3 members would be revoked") as caught:
        run(people("ann"), policy=policy)
    assert server.recorder.writes() == []
    assert run(people("ann"), policy=policy, approve=[caught.value.result["digest"]])["changed"] is True


@pytest.mark.parametrize("option", ["absent", "disabled", "deleted", "absent_groups"])
def test_nothing_can_be_removed(run: Converge, server: BitwardenServer, option: str) -> None:
    with pytest.raises(ConfigurationError, match=f"no way to remove members or groups, but policy.{option} is remove"):
        run(people("ann"), policy={option: "remove"})
    assert server.recorder.writes() == []


def test_many_records_are_sent_in_few_calls(run: Converge, server: BitwardenServer) -> None:
    assert run(snapshot(user(f"p{number:04}") for number in range(2500)))["outcomes"]["done"] == 2500
    assert [len(call["members"]) for call in imports(server)] == [2000, 500]


def test_a_bitwarden_server_is_not_asked_what_it_is(run: Converge, bitwarden_server: StartBitwarden) -> None:
    other = bitwarden_server()
    run(people("ann"), server_url=other.url, client_id=other.client_id, client_secret=other.client_secret)
    assert other.recorder.requests(path="/config") == []


def test_no_secret_is_kept_or_returned(run: Converge, server: BitwardenServer, state: Path, tmp_path: Path) -> None:
    result = run(people("ann"), report_path=[str(tmp_path / "report.json")])
    everything = json.dumps(result) + state.read_text() + (tmp_path / "report.json").read_text()
    assert server.client_secret not in everything
    assert state.stat().st_mode & 0o777 == 0o600
