# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The organizations of the campaign, which differ from their directories in every way that an action can mend."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Snapshot
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import Mode, Role, Status
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.model import EventType
from ansible_collections.dirsync.bitwarden.tests.support.examples import group, snapshot, user
from ansible_collections.dirsync.bitwarden.tests.support.world import World

DAY = 86400.0
UNGUARDED = {"guards": {"exempt": 1000}}
POLICY = {
    **UNGUARDED,
    "absent": "remove",
    "absent_groups": "remove",
    "membership": "exclusive",
    "reinvite_days": 7,
    "purge_days": 60,
    "roles": [{"group": "staff", "type": "admin"}],
    "other_roles": "user",
    "group_collections": [
        {"group": "staff", "collections": [{"collection": "servers", "manage": True}], "exclusive": True},
        {"group": "new", "collections": [{"collection": "web", "read_only": True}]},
    ],
}
STAGING = {**UNGUARDED, "invite": "staged", "roles": [{"group": "staff", "type": "admin"}]}
VAULTWARDEN_POLICY = {**UNGUARDED, "protected": {"emails": ["founder@*"]}}


@dataclass(frozen=True)
class Scenario:
    """An organization as ``fill`` makes it, the directory that it has to follow, and how."""

    mode: Mode
    transport: str
    policy: Mapping[str, Any]
    fill: Callable[[World], None]
    directory: Snapshot


def _everything() -> Snapshot:
    names = ("ann", "bob", "cleo", "dan", "eve", "gus", "late", "never")
    people = [*(user(name) for name in names), user("fay", "disabled")]
    return snapshot(people, [group("staff", "ann", "bob", "cleo"), group("new", "dan", "eve"), group("renamed", "ann")])


def _fill_with_everything(world: World) -> None:
    organization = world.server.organization
    organization.add_member("ann@example.org")
    organization.add_member("bob@example.org", external_id="id-of-old")
    organization.add_member("old-cleo@example.org", external_id="id-cleo", status=Status.INVITED)
    organization.add_member("dan@example.org", external_id="id-dan", type=Role.ADMIN)
    organization.add_member("fay@example.org", external_id="id-fay")
    gus = organization.add_member("gus@example.org", external_id="id-gus", status=Status.REVOKED)
    organization.record_event(EventType.MEMBER_REVOKED, gus.id)
    organization.add_member("gone@example.org", external_id="id-gone")
    organization.add_member("boss@example.org", external_id="id-boss", type=Role.OWNER)
    organization.add_member("stranger@example.org", external_id=None)
    _add_invitation(world, "late", days=20)
    _add_invitation(world, "never", days=80)
    servers, _web, other = (organization.add_collection(name) for name in ("servers", "web", "other"))
    access = [{"id": each.id, "readOnly": True, "hidePasswords": False, "manage": False} for each in (servers, other)]
    organization.add_group("staff", "id-staff", ["gone@example.org", "dan@example.org"], collections=access)
    organization.add_group("before", "id-renamed", ["ann@example.org"])
    organization.add_group("gone", "id-of-gone", ["dan@example.org"])
    organization.add_group("by hand", None, ["stranger@example.org"], collections=access[1:])
    organization.configure(vaultwarden_groups_enabled=True)


def _add_invitation(world: World, name: str, days: int) -> None:
    """Add an invitation that has been open for so many days: longer than the clock moves in a campaign."""
    organization = world.server.organization
    member = organization.add_member(f"{name}@example.org", external_id=f"id-{name}", status=Status.INVITED)
    organization.record_event(EventType.MEMBER_INVITED, member.id, date=world.server.clock.now() - days * DAY)


def _fill_for_staging(world: World) -> None:
    organization = world.server.organization
    organization.configure(staged_status_flag=True)
    organization.add_member("cleo@example.org", external_id="id-cleo")
    organization.add_group("staff", "id-staff", ["cleo@example.org"])


SCENARIOS = {
    "self-hosted server, single calls": Scenario(
        Mode.SELF_HOSTED, "rest", POLICY, _fill_with_everything, _everything()
    ),
    "self-hosted server, import": Scenario(Mode.SELF_HOSTED, "import", POLICY, _fill_with_everything, _everything()),
    "self-hosted server, staging": Scenario(
        Mode.SELF_HOSTED,
        "auto",
        STAGING,
        _fill_for_staging,
        snapshot([user("ann"), user("bob"), user("cleo")], [group("staff", "ann", "cleo"), group("new", "bob")]),
    ),
    "cloud": Scenario(Mode.CLOUD, "auto", POLICY, _fill_with_everything, _everything()),
    "Vaultwarden": Scenario(Mode.VAULTWARDEN, "auto", VAULTWARDEN_POLICY, _fill_with_everything, _everything()),
}
