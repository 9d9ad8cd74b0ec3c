# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run leaves in the metrics file and in the system log, however it ends."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.connection import connection_from
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.bitwarden import bitwarden_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.convergence import convergence_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import DirsyncError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.lock import organization_lock
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.convergence import converge
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.metrics_file import failures_in_metrics
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan import BOTH
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import BitwardenServer, Mode
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import StartBitwarden, bitwarden_server
from ansible_collections.dirsync.bitwarden.tests.emulators.common.faults import Fault, Kind, When
from prometheus_client.parser import text_string_to_metric_families

__all__ = ["bitwarden_server"]

Run = Callable[..., dict[str, Any]]
NOBODY_MAY_GO = {"guards": {"revocations": {"count": 0}}}


@pytest.fixture
def server(bitwarden_server: StartBitwarden) -> BitwardenServer:
    return bitwarden_server(mode=Mode.CLOUD, rate_limits=False)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "acme.prom"


@pytest.fixture
def lines() -> list[str]:
    """Return the lines that were logged."""
    return []


@pytest.fixture
def options(server: BitwardenServer, tmp_path: Path, path: Path) -> dict[str, Any]:
    given = {
        "server_url": server.url,
        "client_id": server.client_id,
        "client_secret": server.client_secret,
        "retries": 0,
        "lock_directory": str(tmp_path / "locks"),
        "metrics_file": str(path),
        "metrics_name": "acme",
        "members": [{"email": "ann@example.org"}],
    }
    validated = ArgumentSpecValidator({**bitwarden_spec(), **convergence_spec()}).validate(given)
    assert validated.error_messages == []
    return dict(validated.validated_parameters)


@pytest.fixture
def run(options: dict[str, Any], lines: list[str]) -> Run:
    """Return a function that converges the organization to Ann alone."""

    def call(*, check_mode: bool = False, policy: dict[str, Any] | None = None, **other: Any) -> dict[str, Any]:
        specification = ArgumentSpecValidator({"policy": convergence_spec()["policy"]})
        given = specification.validate({"policy": policy or {}}).validated_parameters
        return converge({**options, **given, **other}, BOTH, check_mode=check_mode, log=lines.append)

    return call


def value(path: Path, name: str, **labels: str) -> float | None:
    """Return a sample, None where there is none."""
    wanted = {"organization": "acme", **labels}
    samples = [sample for family in text_string_to_metric_families(path.read_text()) for sample in family.samples]
    found = [sample.value for sample in samples if (sample.name, sample.labels) == ("dirsync_" + name, wanted)]
    return found[0] if found else None


def test_a_run_that_converges(run: Run, server: BitwardenServer, path: Path, lines: list[str]) -> None:
    server.organization.configure(seats=7)
    result = run()
    assert (result["verdict"], result["tripped"]) == ("done", [])
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert value(path, "last_success_timestamp_seconds") == value(path, "last_run_timestamp_seconds") != 0
    assert value(path, "runs_total", verdict="done") == 1
    assert value(path, "actions_total", action="invite_member", outcome="done") == 1
    assert value(path, "directory_users", status="active") == 1
    assert value(path, "organization_members", status="confirmed") == 1
    assert value(path, "organization_seats") == 7
    for method in ("GET", "POST"):
        assert value(path, "api_calls_total", method=method) == len(server.recorder.requests(method))
    assert value(path, "throttled_seconds_total") == 0
    assert lines[-1].startswith(
        f"dirsync.bitwarden run ended: organization={server.client_id.removeprefix('organization.')} verdict=done "
        f"digest={result['digest']} invite_member=1 planned=0 done=1 failed=0 refused=0 seconds="
    )


def test_a_run_that_a_guard_stops(run: Run, server: BitwardenServer, path: Path, lines: list[str]) -> None:
    run()
    succeeded = value(path, "last_success_timestamp_seconds")
    server.organization.add_member("bob@example.org", external_id="bob")
    with pytest.raises(DirsyncError) as caught:
        run(policy=NOBODY_MAY_GO)
    assert caught.value.result["verdict"] == "stopped"
    assert caught.value.result["tripped"] == ["revocations"]
    assert value(path, "last_run_verdict", verdict="stopped") == 1
    assert value(path, "guard_trips_total", guard="revocations") == 1
    assert value(path, "last_success_timestamp_seconds") == succeeded
    assert value(path, "organization_members", status="confirmed") == 2
    assert " verdict=stopped error=GuardError guards=revocations " in lines[-1]
    assert "bob" not in lines[-1]


def test_a_run_of_which_an_action_fails(run: Run, server: BitwardenServer, path: Path, lines: list[str]) -> None:
    server.faults.add(Fault(Kind.STATUS, When(method="POST", path="members$"), status=400, body={"message": "no"}))
    with pytest.raises(DirsyncError) as caught:
        run()
    assert caught.value.result["verdict"] == "failed"
    assert value(path, "actions_total", action="invite_member", outcome="failed") == 1
    assert value(path, "last_run_verdict", verdict="failed") == 1
    assert value(path, "last_success_timestamp_seconds") is None
    assert " verdict=failed error=ConvergenceError " in lines[-1]


def test_an_organization_that_cannot_be_read(run: Run, server: BitwardenServer, path: Path, lines: list[str]) -> None:
    server.faults.add(Fault(Kind.STATUS, When(path="/groups$"), times=None, status=500))
    with pytest.raises(DirsyncError):
        run()
    assert value(path, "last_run_verdict", verdict="failed") == 1
    assert value(path, "api_calls_total", method="GET") == 2
    assert value(path, "directory_groups") is None
    assert " verdict=failed error=BitwardenError " in lines[-1]


def test_seats_that_cannot_be_read_do_not_matter(run: Run, server: BitwardenServer, path: Path) -> None:
    run()
    server.faults.add(Fault(Kind.STATUS, When(path="/subscription$"), status=500))
    assert run()["verdict"] == "done"
    assert value(path, "runs_total", verdict="done") == 2


def test_check_mode_leaves_the_metrics_alone(run: Run, server: BitwardenServer, path: Path, lines: list[str]) -> None:
    assert run(check_mode=True)["verdict"] == "preview"
    assert not path.exists()
    assert " verdict=preview " in lines[-1]
    assert server.recorder.requests(path="subscription") != []
    server.recorder.clear()
    run(check_mode=True, policy={"allow_seat_purchase": True})
    assert server.recorder.requests(path="subscription") == []


def test_a_run_that_another_keeps_out_leaves_the_metrics_to_that(
    run: Run, options: dict[str, Any], path: Path, lines: list[str]
) -> None:
    name = connection_from(options).organization
    with organization_lock(name, Path(options["lock_directory"]), 0), pytest.raises(DirsyncError):
        run()
    assert not path.exists()
    assert lines == []


def test_metrics_that_cannot_be_written_are_said_before_and_only_logged_after(
    run: Run, server: BitwardenServer, tmp_path: Path, lines: list[str]
) -> None:
    with pytest.raises(DirsyncError, match=r"none/acme\.prom cannot be written"):
        run(metrics_file=str(tmp_path / "none" / "acme.prom"))
    assert server.recorder.requests() == []
    folder = tmp_path / "folder"
    folder.mkdir()
    server.on_response = _once(folder.rmdir)
    assert run(metrics_file=str(folder / "acme.prom"))["verdict"] == "done"
    assert "acme.prom cannot be written" in lines[-1]


def test_a_directory_that_cannot_be_read_counts_as_a_failed_run(run: Run, path: Path) -> None:
    run()
    options = {"metrics_file": str(path), "metrics_name": "acme"}
    for check_mode in (False, True):
        with pytest.raises(DirsyncError), failures_in_metrics(options, check_mode=check_mode):
            raise DirsyncError("no")
    with failures_in_metrics(options, check_mode=False):
        pass
    assert value(path, "runs_total", verdict="failed") == 1
    assert value(path, "runs_total", verdict="done") == 1
    assert value(path, "directory_users", status="active") == 1


def test_without_metrics_file_a_failure_leaves_nothing(tmp_path: Path) -> None:
    options = {"metrics_file": None, "metrics_name": None}
    with pytest.raises(DirsyncError), failures_in_metrics(options, check_mode=False):
        raise DirsyncError("no")
    assert list(tmp_path.iterdir()) == []


def _once(action: Callable[[], None]) -> Callable[[object], None]:
    """Return a hook that acts at its first call only."""
    waiting = [action]
    return lambda record: waiting.pop()() if waiting else None
