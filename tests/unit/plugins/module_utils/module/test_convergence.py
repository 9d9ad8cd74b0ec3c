# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole way from a module's options to the requests that an organization's server gets."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.client import BitwardenClient
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.connection import connection_from
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.bitwarden import bitwarden_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.convergence import (
    convergence_spec,
    inline_groups_spec,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    BitwardenError,
    ConfigurationError,
    ConvergenceError,
    GuardError,
    LockedError,
    SnapshotError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.files import write_private
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.lock import organization_lock
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module import convergence
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.convergence import converge
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.result import NAMED_FAILURES, RETURNED_ACTIONS
from ansible_collections.dirsync.bitwarden.plugins.module_utils.snapshot.store import write_snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan import BOTH, Part
from ansible_collections.dirsync.bitwarden.tests.doubles.fake_time import FakeTime
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import BitwardenServer, Mode, Role, Status
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import StartBitwarden, bitwarden_server
from ansible_collections.dirsync.bitwarden.tests.emulators.common.faults import Fault, Kind, When
from ansible_collections.dirsync.bitwarden.tests.emulators.common.recorder import RecordedRequest
from ansible_collections.dirsync.bitwarden.tests.support.examples import group, snapshot, user

__all__ = ["bitwarden_server"]

Converge = Callable[..., dict[str, Any]]

PEOPLE = ["ann", "bob", "cleo"]


@pytest.fixture
def server(bitwarden_server: StartBitwarden) -> BitwardenServer:
    return bitwarden_server()


@pytest.fixture
def options(server: BitwardenServer, tmp_path: Path) -> dict[str, Any]:
    """Return the options that every run needs."""
    return {
        "server_url": server.url,
        "client_id": server.client_id,
        "client_secret": server.client_secret,
        "retries": 0,
        "lock_directory": str(tmp_path / "locks"),
    }


@pytest.fixture
def run(options: dict[str, Any], tmp_path: Path) -> Converge:
    """Return a function that converges the organization to a snapshot, or to what the options say."""

    def call(
        directory: Snapshot | None = None,
        parts: Collection[Part] = BOTH,
        *,
        check_mode: bool = False,
        after_members: bool = True,
        **further: Any,
    ) -> dict[str, Any]:
        given = {**options, **further}
        if directory is not None:
            given["snapshot"] = str(tmp_path / "snapshot.json")
            write_snapshot(directory, tmp_path / "snapshot.json")
        specification = {**bitwarden_spec(), **convergence_spec(), **inline_groups_spec()}
        validated = ArgumentSpecValidator(specification).validate(given)
        assert validated.error_messages == []
        values = {**validated.validated_parameters, "after_members": after_members}
        return converge(values, parts, check_mode=check_mode)

    return call


def people(*names: str) -> Snapshot:
    """Return a directory of these people, all of them in the group staff."""
    return snapshot([user(name) for name in names], [group("staff", *names)])


def writes(server: BitwardenServer) -> list[str]:
    return [f"{record.method} {record.path.removeprefix('/api/public/')}" for record in server.recorder.writes()]


def fail(server: BitwardenServer, method: str, path: str, status: int = 500, **when: Any) -> None:
    server.faults.add(Fault(Kind.STATUS, When(method=method, path=path, **when), status=status, body={"message": "no"}))


def add_members(server: BitwardenServer, names: Iterable[str]) -> None:
    for name in names:
        server.organization.add_member(f"{name}@example.org", external_id=f"id-{name}")


def test_an_organization_becomes_what_the_snapshot_says(run: Converge, server: BitwardenServer) -> None:
    result = run(people("ann", "bob"))
    assert result["changed"] is True
    assert result["outcomes"] == {"planned": 0, "done": 4, "failed": 0, "refused": 0}
    assert server.organization.member("ann@example.org").external_id == "id-ann"
    assert server.organization.memberships() == {"staff": {"ann@example.org", "bob@example.org"}}


def test_a_second_run_writes_nothing(run: Converge, server: BitwardenServer) -> None:
    run(people("ann", "bob"))
    server.recorder.clear()
    result = run(people("ann", "bob"))
    assert (result["changed"], result["diff"], writes(server)) == (False, [], [])


def test_check_mode_writes_nothing_and_says_what_the_real_run_does(run: Converge, server: BitwardenServer) -> None:
    add_members(server, ["cleo"])
    preview = run(people("ann", "bob"), check_mode=True)
    assert writes(server) == []
    assert preview["changed"] is True
    assert preview["outcomes"] == {"planned": 5, "done": 0, "failed": 0, "refused": 0}
    real = run(people("ann", "bob"))
    assert [real[name] for name in ("digest", "plan", "counts", "diff")] == [
        preview[name] for name in ("digest", "plan", "counts", "diff")
    ]
    assert len(writes(server)) == real["outcomes"]["done"] == 5


def test_inline_lists_do_what_a_snapshot_does(run: Converge, server: BitwardenServer) -> None:
    members = [{"email": "Ann@example.org"}, {"email": "bob@example.org", "external_id": "b", "status": "disabled"}]
    run(members=members, groups=[{"name": "staff", "members": ["ann@example.org"]}])
    assert server.organization.member("ann@example.org").external_id == "ann@example.org"
    assert server.organization.memberships() == {"staff": {"ann@example.org"}}


def test_something_has_to_be_wanted(run: Converge, server: BitwardenServer) -> None:
    with pytest.raises(ConfigurationError, match="Neither a snapshot nor a list"):
        run()
    with pytest.raises(SnapshotError, match=r"none\.json cannot be read"):
        run(snapshot="none.json")
    assert server.recorder.requests() == []


def test_members_are_converged_without_looking_into_groups(run: Converge, server: BitwardenServer) -> None:
    server.organization.add_group("staff", "id-staff")
    run(people("ann"), {"members"})
    assert writes(server) == ["POST members"]
    assert server.recorder.requests(path="member-ids") == []


def test_only_the_groups_that_matter_are_looked_into(run: Converge, server: BitwardenServer) -> None:
    staff = server.organization.add_group("staff", "id-staff")
    server.organization.add_group("by hand")
    run(people("ann"), {"groups"})
    assert [record.path for record in server.recorder.requests("GET", "member-ids")] == [
        f"/api/public/groups/{staff.id}/member-ids"
    ]


def test_groups_foresee_the_members_in_check_mode_only(run: Converge, server: BitwardenServer) -> None:
    def kinds(**how: Any) -> list[str]:
        return [action["action"] for action in run(people("ann"), {"groups"}, **how)["plan"]["actions"]]

    assert kinds(check_mode=True) == ["create_group", "set_group_members"]
    assert kinds(check_mode=True, after_members=False) == ["create_group"]
    assert kinds() == ["create_group"]


def test_a_guard_stops_everything_before_anything_is_written(run: Converge, server: BitwardenServer) -> None:
    add_members(server, ["bob"])
    policy = {"guards": {"revocations": {"count": 0}}}
    with pytest.raises(GuardError, match="1 of 1 members would be revoked") as caught:
        run(people("ann"), policy=policy)
    assert writes(server) == []
    assert caught.value.result["guard"] == list(caught.value.trips)
    assert (caught.value.result["changed"], caught.value.result["warnings"]) == (False, [])
    result = run(people("ann"), policy=policy, approve=[caught.value.result["digest"]])
    assert (result["changed"], result["guard"]) == (True, [])


def test_check_mode_shows_the_plan_that_a_guard_will_stop(run: Converge, server: BitwardenServer) -> None:
    add_members(server, ["bob"])
    result = run(people("ann"), policy={"guards": {"revocations": {"count": 0}}}, check_mode=True)
    assert result["counts"]["revoke_member"] == 1
    assert len(result["guard"]) == 1
    assert result["warnings"] == [f"The real run will be stopped by a guard: {result['guard'][0]}"]


def test_a_plan_is_saved_where_it_is_only_shown(run: Converge, server: BitwardenServer, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    preview = run(people("ann"), check_mode=True, plan_path=str(path))
    assert json.loads(path.read_text())["digest"] == preview["digest"]
    with pytest.raises(GuardError) as caught:
        run(people("bob"), plan_path=str(path), policy={"guards": {"invitations": {"count": 0}}})
    stopped = path.read_bytes()
    assert json.loads(stopped)["digest"] == caught.value.result["digest"] != preview["digest"]
    run(people("cid"), plan_path=str(path))
    assert path.read_bytes() == stopped


def test_only_the_approved_plan_is_carried_out_and_what_has_changed_is_said(
    run: Converge, server: BitwardenServer, tmp_path: Path
) -> None:
    add_members(server, ["bob", "cleo"])
    path = tmp_path / "plan.json"
    approved = run(people("ann", "bob"), check_mode=True, plan_path=str(path))
    approval = {"approve": [approved["digest"]], "approved_plan": str(path)}
    changed = snapshot([user("ann"), user("cleo"), user("zoe")], [group("staff", "ann", "zoe")])
    expected = [
        "+ invite_member zoe@example.org (new_user)",
        "+ revoke_member bob@example.org (absent_from_directory)",
        "~ set_group_members staff: also joining zoe@example.org; not joining bob@example.org",
        "- revoke_member cleo@example.org (absent_from_directory)",
    ]
    with pytest.raises(GuardError, match=r"is not the one that was approved: \+ invite_member zoe") as caught:
        run(changed, **approval)
    assert (caught.value.result["since_approval"], writes(server)) == (expected, [])
    assert run(changed, **approval, check_mode=True)["since_approval"] == expected
    real = run(people("ann", "bob"), **approval)
    assert (real["digest"], real["since_approval"]) == (approved["digest"], [])
    assert run(people("ann", "bob"), **approval)["changed"] is False


def test_a_plan_that_cannot_be_compared_with_is_mentioned(
    run: Converge, server: BitwardenServer, tmp_path: Path
) -> None:
    path = tmp_path / "plan.json"
    approval = {"approve": ["sha256:other"], "approved_plan": str(path)}
    with pytest.raises(GuardError, match=r"there is no saved plan .*plan\.json to compare with"):
        run(people("ann"), **approval)
    run(people("bob"), check_mode=True, plan_path=str(path))
    with pytest.raises(GuardError, match=r"plan\.json is none of the approved ones either"):
        run(people("ann"), **approval)


def test_a_saved_plan_alone_approves_nothing(run: Converge, server: BitwardenServer, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    run(people("ann"), check_mode=True, plan_path=str(path))
    server.recorder.clear()
    with pytest.raises(ConfigurationError, match="approved_plan alone approves nothing"):
        run(people("ann"), approved_plan=str(path))
    write_private(path, [b"{}"])
    with pytest.raises(ConfigurationError, match="no saved plan"):
        run(people("ann"), approve=["sha256:other"], approved_plan=str(path))
    assert server.recorder.requests() == []


def test_a_failure_is_named_and_the_rest_is_done(run: Converge, server: BitwardenServer, tmp_path: Path) -> None:
    fail(server, "POST", "members$", 400, nth=2)
    with pytest.raises(ConvergenceError, match=r"2 of 5 actions failed: bob@example.org: ") as caught:
        run(people(*PEOPLE), state_file=str(tmp_path / "state"))
    assert caught.value.result["outcomes"] == {"planned": 0, "done": 3, "failed": 2, "refused": 0}
    assert server.organization.memberships() == {"staff": {"ann@example.org", "cleo@example.org"}}
    assert not (tmp_path / "state").exists()
    assert run(people(*PEOPLE))["outcomes"]["done"] == 2


def test_many_failures_are_named_up_to_a_limit(run: Converge, server: BitwardenServer) -> None:
    fail(server, "POST", "members$", 402)
    names = [f"p{number:02}" for number in range(NAMED_FAILURES + 2)]
    with pytest.raises(ConvergenceError, match=r"p00@example\.org.*p09@example\.org.* and 2 more\.") as caught:
        run(people(*names), {"members"})
    assert "p10@example.org" not in str(caught.value)


@pytest.mark.parametrize("path", ["/members$", "/groups$", "/member-ids$", "/events$", "/connect/token$"])
def test_a_reading_that_fails_leads_to_no_write(run: Converge, server: BitwardenServer, path: str) -> None:
    server.organization.add_member("ann@example.org", external_id="id-ann", status=Status.REVOKED)
    server.organization.add_group("staff", "id-staff")
    server.faults.add(Fault(Kind.STATUS, When(path=path), times=None, status=500))
    with pytest.raises(BitwardenError):
        run(people("ann", "bob"))
    assert writes(server) == []


def test_a_run_waits_for_nobody_who_holds_the_lock(
    run: Converge, server: BitwardenServer, options: dict[str, Any]
) -> None:
    defaults = {name: option.get("default") for name, option in bitwarden_spec().items()}
    name = connection_from({**defaults, **options}).organization
    with organization_lock(name, Path(options["lock_directory"]), 0):
        with pytest.raises(LockedError):
            run(people("ann"))
        assert server.recorder.requests() == []
        assert run(people("ann"), check_mode=True)["changed"] is True


@pytest.mark.parametrize(("by_hand", "status"), [(False, Status.CONFIRMED), (True, Status.REVOKED)])
def test_who_was_revoked_by_hand_stays_revoked(
    run: Converge, server: BitwardenServer, by_hand: bool, status: Status
) -> None:
    add_members(server, ["ann"])
    run(snapshot([user("ann", "disabled"), user("bob")]))
    if by_hand:
        server.organization.restore_by_hand("ann@example.org")
        server.organization.revoke_by_hand("ann@example.org")
    result = run(people("ann", "bob"))
    assert server.organization.member("ann@example.org").status == status
    assert any("(stays_revoked)" in warning for warning in result["warnings"]) == by_hand


def test_the_log_is_not_read_without_need(run: Converge, server: BitwardenServer) -> None:
    add_members(server, ["ann"])
    run(people("ann"))
    assert server.recorder.requests(path="events") == []


def test_the_state_file_lets_the_next_run_see_that_the_directory_shrank(
    run: Converge, server: BitwardenServer, tmp_path: Path
) -> None:
    state = {"state_file": str(tmp_path / "state.json"), "policy": {"absent": "ignore", "guards": {"exempt": 0}}}
    run(people(*PEOPLE), **state, check_mode=True)
    assert not (tmp_path / "state.json").exists()
    run(people(*PEOPLE), **state)
    with pytest.raises(GuardError, match="1 active users, the last applied one held 3"):
        run(people("ann"), **state)


def test_what_was_approved_for_the_members_is_still_looked_at_for_the_groups(run: Converge, tmp_path: Path) -> None:
    state = {"state_file": str(tmp_path / "state.json"), "policy": {"absent": "ignore", "guards": {"exempt": 0}}}
    for part in ("members", "groups"):
        run(people(*PEOPLE), {part}, **state)
    with pytest.raises(GuardError, match="1 active users, the last applied one held 3") as caught:
        run(people("ann"), {"members"}, **state)
    run(people("ann"), {"members"}, **state, approve=[caught.value.result["digest"]])
    run(people("ann"), {"members"}, **state)
    with pytest.raises(GuardError, match="1 active users, the last applied one held 3"):
        run(people("ann"), {"groups"}, **state)


def test_the_report_is_written_whatever_happens(run: Converge, server: BitwardenServer, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    add_members(server, ["bob"])
    assert run(people("ann"), report_path=str(path), check_mode=True)["report"] == [str(path)]
    assert json.loads(path.read_text())["check_mode"] is True
    with pytest.raises(GuardError):
        run(people("ann"), report_path=str(path), policy={"guards": {"revocations": {"count": 0}}})
    assert len(json.loads(path.read_text())["guard"]) == 1
    fail(server, "POST", "members$", 400)
    with pytest.raises(ConvergenceError):
        run(people("ann"), report_path=str(path))
    assert json.loads(path.read_text())["outcomes"]["failed"] == 2


@pytest.mark.parametrize(
    "option", ["report_path", "history_file", "membership_cache", "plan_path", "progress_file", "state_file"]
)
def test_a_path_that_cannot_be_written_is_found_before_anything_else(
    run: Converge, server: BitwardenServer, tmp_path: Path, option: str
) -> None:
    with pytest.raises(ConfigurationError, match="cannot be written"):
        run(people("ann"), **{option: str(tmp_path / "missing" / "file.json")})
    assert server.recorder.requests() == []


def test_a_report_in_an_unknown_format_is_refused_before_anything_else(
    run: Converge, server: BitwardenServer, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match="known format"):
        run(people("ann"), report_path=[str(tmp_path / "report.json"), str(tmp_path / "report.pdf")])
    assert server.recorder.requests() == []


def test_the_history_keeps_every_run_that_could_write(run: Converge, server: BitwardenServer, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    further = {"history_file": str(tmp_path / "history.jsonl"), "report_path": str(page)}
    add_members(server, ["bob"])
    run(people("ann"), check_mode=True, **further)
    run(people("ann"), **further)
    assert "<figure" not in page.read_text()
    with pytest.raises(GuardError):
        run(people("cid"), policy={"guards": {"invitations": {"count": 0}}}, **further)
    assert "<figure" in page.read_text()
    first, second = map(json.loads, (tmp_path / "history.jsonl").read_text().splitlines())
    assert first["changes"] == {"invite_member": 1, "revoke_member": 1, "create_group": 1, "set_group_members": 1}
    assert (second["changes"], second["stopped"]) == ({}, True)
    assert second["members"] == {"confirmed": 1, "invited": 1, "revoked": 1}


def test_progress_is_shown_while_a_run_writes(run: Converge, server: BitwardenServer, tmp_path: Path) -> None:
    path = tmp_path / "progress.json"
    run(people("ann"), check_mode=True, progress_file=str(path))
    assert not path.exists()
    fail(server, "POST", "groups$", 400)
    with pytest.raises(ConvergenceError):
        run(people("ann"), progress_file=str(path))
    progress = json.loads(path.read_text())
    assert (progress["total"], progress["done"], progress["failed"]) == (3, 1, 2)
    assert progress["ended"] is not None


def test_a_history_of_another_organization_stops_the_run_before_it_writes(
    run: Converge, server: BitwardenServer, tmp_path: Path
) -> None:
    path = tmp_path / "history.jsonl"
    run(people("ann"), history_file=str(path))
    path.write_text(path.read_text().replace(server.client_id.partition(".")[2], "another"))
    before = writes(server)
    with pytest.raises(ConfigurationError, match="it belongs to"):
        run(people("bob"), history_file=str(path))
    assert writes(server) == before


def test_a_result_holds_the_first_actions_and_how_many_more_there_are(run: Converge) -> None:
    names = [f"p{number:03}" for number in range(RETURNED_ACTIONS + 5)]
    plan = run(people(*names), {"members"}, check_mode=True)["plan"]
    assert [action["key"] for action in plan["actions"]] == [f"{name}@example.org" for name in names[:RETURNED_ACTIONS]]
    assert plan["omitted"] == 5


def test_refused_records_become_warnings_up_to_a_limit(run: Converge, server: BitwardenServer) -> None:
    for number in range(NAMED_FAILURES + 3):
        server.organization.add_member(f"o{number:02}@example.org", external_id=f"id-{number:02}", type=Role.OWNER)
    warnings = run(people("ann"), check_mode=True)["warnings"]
    assert len(warnings) == NAMED_FAILURES + 1
    assert warnings[0].startswith("o00@example.org: ")
    assert warnings[0].endswith("(owner_protected)")
    assert warnings[-1] == "3 more records were refused; the report names them"


def test_no_secret_is_part_of_any_result(run: Converge, server: BitwardenServer, tmp_path: Path) -> None:
    result = run(people("ann"), report_path=str(tmp_path / "report.json"))
    assert server.client_secret not in json.dumps(result) + (tmp_path / "report.json").read_text()
    with pytest.raises(BitwardenError) as caught:
        run(people("ann"), client_secret="wrong-secret")
    assert "wrong-secret" not in str(caught.value) + repr(caught.value.__dict__)


def test_five_thousand_members_and_five_hundred_groups_take_a_few_calls(
    run: Converge, bitwarden_server: StartBitwarden
) -> None:
    server = bitwarden_server(mode=Mode.CLOUD, rate_limits=False)
    server.organization.configure(seats=6000)
    names = [f"p{number:04}" for number in range(5000)]
    directory = snapshot(
        [user(name) for name in names],
        [group(f"g{number:03}", *(names[(number * 37 + step) % 5000] for step in range(40))) for number in range(500)],
    )
    connection = {"server_url": server.url, "client_id": server.client_id, "client_secret": server.client_secret}
    assert run(directory, **connection, transport="import")["outcomes"]["done"] == 6000
    assert len(server.recorder.writes()) <= 10
    assert {len(emails) for emails in server.organization.memberships().values()} == {40}
    server.recorder.clear()
    assert not run(directory, **connection)["changed"]
    assert server.recorder.writes() == []
    assert len(server.recorder.requests("GET")) == 502


def test_an_empty_cloud_organization_is_filled_within_the_rate_limits(
    run: Converge, bitwarden_server: StartBitwarden, fake_time: FakeTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = bitwarden_server(mode=Mode.CLOUD)
    server.organization.configure(seats=6000)

    turn = Lock()

    def sleep(seconds: float) -> None:
        with turn:  # the server's time must never be behind that of the client
            server.emulator.clock.advance(seconds)
            fake_time.sleep(seconds)

    patient = partial(BitwardenClient, clock=fake_time.clock, sleep=sleep)
    monkeypatch.setattr(convergence, "BitwardenClient", patient)
    # The address of the emulator is none of Bitwarden's cloud, whose limits it has all the same.
    monkeypatch.setattr(convergence, "connection_from", lambda given: replace(connection_from(given), cloud=True))
    names = [f"p{number:04}" for number in range(5000)]
    directory = snapshot(
        [user(name) for name in names],
        [group(f"g{number:03}", *(names[(number * 37 + step) % 5000] for step in range(40))) for number in range(500)],
    )
    connection = {"server_url": server.url, "client_id": server.client_id, "client_secret": server.client_secret}
    connection["retries"] = 4  # a thread that is late finds its request in the server's next minute
    assert run(directory, **connection)["outcomes"] == {"planned": 0, "done": 6000, "failed": 0, "refused": 0}
    assert len(server.recorder.writes()) <= 10
    assert {len(emails) for emails in server.organization.memberships().values()} == {40}
    assert 60 < fake_time.now <= 1200
    server.recorder.clear()
    sleep(60)  # the server still counts the requests of the first run, of which the second knows nothing
    began = fake_time.now
    assert not run(directory, **connection)["changed"]
    answered = [record for record in server.recorder.requests("GET") if record.status == 200]
    assert (server.recorder.writes(), len(answered)) == ([], 502)
    assert 60 < fake_time.now - began <= 1200


@pytest.mark.parametrize(("policy", "stopped"), [({}, True), ({"allow_seat_purchase": True}, False)])
def test_no_seat_is_bought_unless_that_is_allowed(
    run: Converge, bitwarden_server: StartBitwarden, policy: dict[str, Any], stopped: bool
) -> None:
    server = bitwarden_server(mode=Mode.CLOUD, rate_limits=False)
    server.organization.configure(seats=2, max_autoscale_seats=10)
    connection = {"server_url": server.url, "client_id": server.client_id, "client_secret": server.client_secret}
    if stopped:
        with pytest.raises(GuardError, match="2 seats are needed, and 1 of 2 are free"):
            run(people("ann", "bob"), **connection, policy=policy)
        assert server.recorder.writes() == []
    else:
        run(people("ann", "bob"), **connection, policy=policy)
        assert server.organization.settings.seats == 3


def test_what_others_change_while_the_plan_is_carried_out_survives(run: Converge, server: BitwardenServer) -> None:
    run(people("ann"))
    server.organization.add_member("guest@example.org")

    def add_the_guest(record: RecordedRequest) -> None:
        if record.method == "POST" and record.path.endswith("/members"):
            server.organization.set_group_members("staff", ["ann@example.org", "guest@example.org"])

    server.on_request = add_the_guest
    run(people("ann", "bob"))
    assert server.organization.memberships()["staff"] == {f"{name}@example.org" for name in ("ann", "bob", "guest")}


def test_roles_follow_the_groups_and_nothing_else_of_a_member_changes(run: Converge, server: BitwardenServer) -> None:
    collection = server.organization.add_collection()
    access = {"id": collection.id, "readOnly": True, "hidePasswords": False, "manage": False}
    server.organization.add_member("ann@example.org", external_id="id-ann", collections=[access])
    server.organization.add_group("crew", members=["ann@example.org"])
    permissions = {"manage_users": True, "access_event_logs": True}
    policy = {
        "roles": [
            {"group": "staff", "type": "custom", "permissions": permissions},
            {"group": "admins", "type": "admin"},
        ]
    }
    directory = snapshot([user("ann"), user("bob")], [group("staff", "ann"), group("admins", "ann", "bob")])
    preview = run(directory, {"members"}, policy=policy, check_mode=True)
    assert writes(server) == []
    real = run(directory, {"members"}, policy=policy)
    assert real["digest"] == preview["digest"]
    assert [(action["action"], action["role"]) for action in real["plan"]["actions"]] == [
        ("promote_member", "custom"),
        ("invite_member", "admin"),
    ]
    ann = server.organization.member("ann@example.org")
    assert (ann.type, ann.external_id, ann.collections) == (Role.CUSTOM, "id-ann", [access])
    assert {name for name, granted in (ann.permissions or {}).items() if granted} == {"manageUsers", "accessEventLogs"}
    assert server.organization.memberships()["crew"] == {"ann@example.org"}
    assert server.organization.member("bob@example.org").type == Role.ADMIN
    server.recorder.clear()
    assert run(directory, {"members"}, policy=policy)["changed"] is False
    assert writes(server) == []


def test_groups_get_their_collections_and_keep_what_is_not_managed(run: Converge, server: BitwardenServer) -> None:
    servers, web, other = (server.organization.add_collection(name) for name in ("servers", "web", None))
    access = {"readOnly": False, "hidePasswords": False, "manage": False}
    server.organization.add_group("staff", "id-staff", collections=[{"id": other.id, **access}])
    entries = [
        {"group": "staff", "collections": [{"collection": "servers", "manage": True}]},
        {"group": "id-crew", "collections": [{"collection": web.id, "read_only": True, "hide_passwords": True}]},
        {"group": "gone", "collections": [{"collection": "servers"}]},
    ]
    directory = snapshot([user("ann")], [group("staff", "ann"), group("crew")])
    preview = run(directory, policy={"group_collections": entries}, check_mode=True)
    real = run(directory, policy={"group_collections": entries})
    assert (real["digest"], real["diff"]) == (preview["digest"], preview["diff"])
    assert server.organization.group("staff").external_id == "id-staff"
    assert server.organization.group("staff").collections == [
        {"id": other.id, **access},
        {"id": servers.id, **access, "manage": True},
    ]
    restricted = {"id": web.id, "readOnly": True, "hidePasswords": True, "manage": False}
    assert server.organization.group("crew").collections == [restricted]
    assert "gone: no group of the snapshot has this external id or name" in real["warnings"][0]
    server.recorder.clear()
    assert run(directory, policy={"group_collections": entries})["changed"] is False
    assert writes(server) == []
    run(directory, policy={"group_collections": [{**entries[0], "exclusive": True}]})
    assert server.organization.group("staff").collections == [{"id": servers.id, **access, "manage": True}]


def test_collections_are_read_only_where_the_policy_needs_them(run: Converge, server: BitwardenServer) -> None:
    run(people("ann"))
    policy = {"group_collections": [{"group": "staff", "collections": []}]}
    run(people("ann"), {"members"}, policy=policy)
    assert server.recorder.requests(path="collections") == []
    run(people("ann"), {"groups"}, policy=policy)
    assert len(server.recorder.requests(path="collections")) == 1
