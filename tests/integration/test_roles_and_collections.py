# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The policy of the guide on roles and collections, from a real OpenLDAP to an organization, through the playbook."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import Role
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import StartBitwarden
from ansible_collections.dirsync.bitwarden.tests.servers.slapd import Slapd
from ansible_collections.dirsync.bitwarden.tests.support.documented import run_play
from ansible_collections.dirsync.bitwarden.tests.support.executed import executed_by
from ansible_collections.dirsync.bitwarden.tests.support.playbook import ldap_source, sync_playbook

PERSON = """\
dn: uid={0},ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: {0}
cn: {0}
sn: Example
mail: {0}@example.org
"""
GROUPS = """
dn: cn=Vault users,ou=groups,dc=example,dc=org
objectClass: groupOfNames
cn: Vault users
member: uid=ann,ou=people,dc=example,dc=org
member: uid=bob,ou=people,dc=example,dc=org
member: uid=cleo,ou=people,dc=example,dc=org

dn: cn=Platform,ou=groups,dc=example,dc=org
objectClass: groupOfNames
cn: Platform
member: uid=ann,ou=people,dc=example,dc=org

dn: cn=Vault administrators,ou=groups,dc=example,dc=org
objectClass: groupOfNames
cn: Vault administrators
member: cn=Platform,ou=groups,dc=example,dc=org

dn: cn=Help desk,ou=groups,dc=example,dc=org
objectClass: groupOfNames
cn: Help desk
member: uid=ann,ou=people,dc=example,dc=org
member: uid=bob,ou=people,dc=example,dc=org
"""
EDIT = {"readOnly": False, "hidePasswords": False, "manage": False}
HIDDEN = {"readOnly": True, "hidePasswords": True, "manage": False}


def test_groups_of_the_directory_give_roles_and_collections(
    tmp_path: Path, slapd: Slapd, bitwarden_server: StartBitwarden
) -> None:
    slapd.load("\n".join(PERSON.format(name) for name in ("ann", "bob", "cleo")) + GROUPS)
    bitwarden = bitwarden_server(tls=True)
    organization = bitwarden.organization
    shared, certificates, own = (organization.add_collection(name) for name in ("shared", "certificates", None))
    organization.add_member("bob@example.org", collections=[{"id": own.id, **EDIT}])
    playbook = sync_playbook(tmp_path, bitwarden, ldap_source(slapd))
    [block] = executed_by("test_groups_of_the_directory_give_roles_and_collections")
    [task] = block.yaml()
    policy = task["dirsync.bitwarden.bitwarden_org_sync"]["policy"]

    preview = playbook.run("--check", "--diff", bitwarden_sync_policy=policy)
    assert preview.status == 0, preview.output
    assert bitwarden.recorder.writes() == []
    assert "+  type: admin" in preview.output
    assert "-  type: user\n" in preview.output
    assert "+  type: custom\n+  permissions:\n+    - manage_reset_password\n" in preview.output
    assert '+    - "certificates (view with hidden passwords)"\n+    - "shared (edit)"\n' in preview.output
    run = playbook.run(bitwarden_sync_policy=policy)
    assert run.status == 0, run.output
    assert run.report is not None
    assert preview.report is not None
    assert run.report["digest"] == preview.report["digest"]

    ann, bob, cleo = (organization.member(f"{name}@example.org") for name in ("ann", "bob", "cleo"))
    assert (ann.type, bob.type, cleo.type) == (Role.ADMIN, Role.CUSTOM, Role.USER)
    granted = {name for name, is_granted in (bob.permissions or {}).items() if is_granted}
    assert granted == {"manageUsers", "manageResetPassword"}
    assert bob.collections == [{"id": own.id, **EDIT}]
    assert {group.name: group.collections for group in organization.groups()} == {
        "Vault users": [{"id": certificates.id, **HIDDEN}, {"id": shared.id, **EDIT}],
        "Vault administrators": [{"id": shared.id, **EDIT, "manage": True}],
        "Platform": [],
        "Help desk": [],
    }

    bitwarden.recorder.clear()
    again = playbook.run(bitwarden_sync_policy=policy)
    assert (again.status, again.changed) == (0, False), again.output
    assert bitwarden.recorder.writes() == []


def test_the_guide_lists_collections_by_their_ids(
    tmp_path: Path, slapd: Slapd, bitwarden_server: StartBitwarden
) -> None:
    bitwarden = bitwarden_server(tls=True)
    shared = bitwarden.organization.add_collection("shared")
    [block] = executed_by("test_the_guide_lists_collections_by_their_ids")
    output = run_play(block.yaml(), tmp_path, slapd, bitwarden)
    assert '"external_id": "shared"' in output, output
    assert f'"id": "{shared.id}"' in output
