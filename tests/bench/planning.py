# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Planning and converging an organization of 100,000 members and 2,000 groups, against the limits that we set."""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from pathlib import Path

from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Group, Snapshot, User
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    Member,
    MemberStatus,
    MemberType,
    Organization,
    OrganizationGroup,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.snapshot.store import write_snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan import make_plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy
from ansible_collections.dirsync.bitwarden.tests.bench.measure import Case, case, run
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.emulator import BitwardenEmulator
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.server import BitwardenServer

USERS, GROUPS, GROUP_SIZE = 100_000, 2_000, 225
CPU_LIMIT_SECONDS = 3.0
MEMORY_LIMIT_MB = 400.0
MODULE = Path(__file__).resolve().parents[2] / "plugins" / "modules" / "bitwarden_org_members.py"


def plan_cpu() -> list[Case]:
    """Take the processor time of planning where every hundredth user is new and every hundredth member absent."""
    snapshot = _snapshot()
    organization = _organization(snapshot)
    started = time.process_time()
    plan = make_plan(snapshot, organization, Policy())
    spent = time.process_time() - started
    if not plan.actions:
        raise AssertionError("there was nothing to plan")
    return [case("plan_cpu", spent, CPU_LIMIT_SECONDS, "limit", "s")]


def members_rss() -> list[Case]:
    """Take the peak memory of a whole bitwarden_org_members process on an organization that needs no change."""
    snapshot = _snapshot()
    with tempfile.TemporaryDirectory() as folder, BitwardenServer(BitwardenEmulator()) as server:
        members = [{"email": user.email, "external_id": user.external_id} for user in snapshot.users]
        server.organization.load({"members": members})
        path = Path(folder, "snapshot.json")
        write_snapshot(snapshot, path)
        arguments = {
            "server_url": server.url,
            "client_id": server.client_id,
            "client_secret": server.client_secret,
            "lock_directory": folder,
            "snapshot": str(path),
        }
        file = Path(folder, "arguments.json")
        file.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": arguments}))
        usage = run([sys.executable, str(MODULE), str(file)])
    return [case("members_rss", usage.peak_mb, MEMORY_LIMIT_MB, "limit", "MB")]


CASES = {"plan_cpu": plan_cpu, "members_rss": members_rss}


def _snapshot() -> Snapshot:
    draw = random.Random(1)
    users = tuple(
        User(f"5c0d1e00-0000-4000-8000-{number:012d}", f"user{number:06d}@example.org", f"User {number}", "active", "s")
        for number in range(USERS)
    )
    groups = tuple(
        Group(
            f"6c0d1e00-0000-4000-8000-{number:012d}",
            f"Group {number}",
            "s",
            tuple(sorted(user.external_id for user in draw.sample(users, GROUP_SIZE))),
        )
        for number in range(GROUPS)
    )
    return Snapshot(users, groups)


def _organization(snapshot: Snapshot) -> Organization:
    """Return an organization like the snapshot, in which every hundredth member is somebody else."""
    members = tuple(
        Member(
            f"m{number}",
            user.email or "",
            MemberStatus.CONFIRMED,
            MemberType.USER,
            user.external_id,
        )
        if number % 100
        else Member(f"m{number}", f"gone{number}@example.org", MemberStatus.CONFIRMED, MemberType.USER, f"gone{number}")
        for number, user in enumerate(snapshot.users)
    )
    ids = {member.external_id: member.id for member in members}
    groups = tuple(
        OrganizationGroup(f"g{number}", group.name, group.external_id) for number, group in enumerate(snapshot.groups)
    )
    memberships = {
        f"g{number}": frozenset(ids[id_] for id_ in group.members if id_ in ids)
        for number, group in enumerate(snapshot.groups)
    }
    return Organization(members, groups, memberships)
