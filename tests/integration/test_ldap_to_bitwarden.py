# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a real OpenLDAP over ldaps into an organization over https, through the playbook that users run."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import StartBitwarden
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.server import BitwardenServer
from ansible_collections.dirsync.bitwarden.tests.emulators.common.certificates import issue_certificate
from ansible_collections.dirsync.bitwarden.tests.servers.directory_data import directory_ldif
from ansible_collections.dirsync.bitwarden.tests.servers.slapd import Slapd
from ansible_collections.dirsync.bitwarden.tests.support.cutting_proxy import CuttingProxy
from ansible_collections.dirsync.bitwarden.tests.support.playbook import SyncPlaybook, ldap_source, sync_playbook

ENDPOINTS = {
    "invite_member": ("POST", r"/members$"),
    "link_member": ("PUT", r"/members/[^/]+$"),
    "revoke_member": ("POST", r"/members/[^/]+/revoke$"),
    "create_group": ("POST", r"/groups$"),
    "update_group": ("PUT", r"/groups/[^/]+$"),
    "set_group_members": ("PUT", r"/groups/[^/]+/member-ids$"),
    "delete_group": ("DELETE", r"/groups/[^/]+$"),
}


@pytest.fixture
def bitwarden(bitwarden_server: StartBitwarden) -> BitwardenServer:
    """Return an organization on a self-hosted server over https."""
    return bitwarden_server(tls=True)


def test_a_thousand_users_and_fifty_nested_groups(tmp_path: Path, slapd: Slapd, bitwarden: BitwardenServer) -> None:
    slapd.load(directory_ldif(1000, 50))
    with_history(bitwarden)
    playbook = sync_playbook(tmp_path, bitwarden, ldap_source(slapd))

    preview = playbook.run("--check", "--diff", bitwarden_sync_policy={"absent_groups": "remove"})
    assert preview.status == 0, preview.output
    assert bitwarden.recorder.writes() == []
    assert "+user000777@example.org:" in preview.output or "the report holds them all" in preview.output

    run = playbook.run(bitwarden_sync_policy={"absent_groups": "remove"})
    assert run.status == 0, run.output
    assert foretold(preview.report) == foretold(run.report)
    assert Counter(record["action"] for record in actions(preview.report)) == written(bitwarden)
    assert {record["outcome"] for record in actions(run.report)} == {"done"}

    expected = expected_memberships(directory_ldif(1000, 50))
    assert {f"user{number:06d}@example.org" for number in range(1000)} <= set(bitwarden.organization.members())
    assert bitwarden.organization.memberships() == {**expected, "By hand": set()}

    bitwarden.recorder.clear()
    again = playbook.run(bitwarden_sync_policy={"absent_groups": "remove"})
    assert again.status == 0, again.output
    assert not again.changed
    assert bitwarden.recorder.writes() == []


def test_somebody_leaves_and_comes_back(tmp_path: Path, slapd: Slapd, bitwarden: BitwardenServer) -> None:
    slapd.load(directory_ldif(20, 2, nested=0))
    playbook = sync_playbook(tmp_path, bitwarden, ldap_source(slapd, user_filter="(!(uid=user000003))"))
    everybody = sync_playbook(tmp_path, bitwarden, ldap_source(slapd))
    assert everybody.run().status == 0
    assert playbook.run().status == 0
    assert bitwarden.organization.member("user000003@example.org").status == -1
    assert everybody.run().status == 0
    assert bitwarden.organization.member("user000003@example.org").status == 0


def test_whoever_an_administrator_revoked_stays_revoked(
    tmp_path: Path, slapd: Slapd, bitwarden: BitwardenServer
) -> None:
    slapd.load(directory_ldif(20, 1))
    playbook = sync_playbook(tmp_path, bitwarden, ldap_source(slapd))
    assert playbook.run().status == 0
    bitwarden.organization.revoke_by_hand("user000007@example.org")
    bitwarden.recorder.clear()
    run = playbook.run()
    assert run.status == 0
    assert bitwarden.recorder.writes() == []
    # Before 2.19, ansible-core breaks the lines of warnings.
    assert "an administrator revoked this member by hand" in " ".join(run.output.split())


def test_a_guard_stops_everything_until_its_plan_is_approved(
    tmp_path: Path, slapd: Slapd, bitwarden: BitwardenServer
) -> None:
    slapd.load(directory_ldif(40, 3))
    assert sync_playbook(tmp_path, bitwarden, ldap_source(slapd)).run().status == 0
    bitwarden.recorder.clear()
    playbook = sync_playbook(tmp_path, bitwarden, ldap_source(slapd, user_filter="(uid=user00000*)"))

    preview = playbook.run("--check", "--diff")
    assert preview.status != 0
    assert "-  status: invited\n+  status: revoked" in preview.output
    stopped = playbook.run()
    assert stopped.status != 0
    assert "30 of 40 members would be revoked" in stopped.output
    assert bitwarden.recorder.writes() == []

    digest = re.findall(r"sha256:[0-9a-f]{64}", preview.output)[-1]
    approved = playbook.run(bitwarden_sync_approve=[digest])
    assert approved.status == 0, approved.output
    assert len(bitwarden.recorder.requests("POST", r"/revoke$")) == 30


def test_a_server_that_dies_in_the_middle_of_a_search(tmp_path: Path, slapd: Slapd, bitwarden: BitwardenServer) -> None:
    slapd.load(directory_ldif(3000, 20))
    with CuttingProxy(slapd.ldap_url, after=200_000, then=slapd.kill) as proxy:
        source = ldap_source(slapd, servers=[proxy.url], allow_cleartext=True, page_size=500)
        assert_refused(sync_playbook(tmp_path, bitwarden, source), bitwarden, "connection|closed|lost")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"bind_password": "not-the-password"}, "credentials|password"),
        ({"user_filter": "(uid=nobody)"}, "no user|none"),
        ({"base_dn": "dc=example,dc=com"}, "no ?such ?object|does not exist|dc=example,dc=com"),
        ({"user_filter": "(uid=nobody"}, "filter"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    tmp_path: Path, slapd: Slapd, bitwarden: BitwardenServer, options: dict[str, Any], message: str
) -> None:
    slapd.load(directory_ldif(20, 2))
    assert_refused(sync_playbook(tmp_path, bitwarden, ldap_source(slapd, **options)), bitwarden, message)


def test_an_unknown_certificate_authority(tmp_path: Path, slapd: Slapd, bitwarden: BitwardenServer) -> None:
    slapd.load(directory_ldif(20, 2))
    stranger = issue_certificate(tmp_path / "stranger").ca_file
    assert_refused(
        sync_playbook(tmp_path, bitwarden, ldap_source(slapd, ca_file=str(stranger))), bitwarden, "certificate"
    )


def test_a_result_that_the_server_cuts(tmp_path: Path, slapd: Slapd, bitwarden: BitwardenServer) -> None:
    slapd.load(directory_ldif(300, 2))
    slapd.limit({slapd.reader_dn: "size=100 size.prtotal=100"})
    assert_refused(sync_playbook(tmp_path, bitwarden, ldap_source(slapd)), bitwarden, "size ?limit|sizeLimitExceeded")


def test_no_secret_occurs_anywhere(tmp_path: Path, slapd: Slapd, bitwarden: BitwardenServer) -> None:
    slapd.load(directory_ldif(20, 2))
    playbook = sync_playbook(tmp_path, bitwarden, ldap_source(slapd))
    playbook.variables["bitwarden_sync_organization"] |= {
        "client_id": bitwarden.client_id,
        "client_secret": bitwarden.client_secret,
    }
    secrets = (slapd.reader_password, bitwarden.client_secret)
    outputs = [playbook.run("-vvvv", "--check", "--diff").output, playbook.run("-vvvv").output]
    outputs.append(playbook.run("-vvvv", bitwarden_sync_policy={"absent": "wrong"}).output)
    outputs += [path.read_text() for path in (tmp_path / "work").iterdir()]
    for output in outputs:
        assert not any(secret in output for secret in secrets)


def with_history(bitwarden: BitwardenServer) -> None:
    """Give the organization people invited by hand, one who has left, and groups old and new."""
    organization = bitwarden.organization
    organization.add_member("user000001@example.org")
    organization.add_member("auditor@partner.example")
    organization.add_member("left@example.org", external_id="gone")
    organization.add_group("Dissolved", "dissolved", ["left@example.org"])
    organization.add_group("By hand")


def assert_refused(playbook: SyncPlaybook, bitwarden: BitwardenServer, message: str) -> None:
    """Check that the run fails with a message like this, without traceback, and writes nothing."""
    run = playbook.run()
    assert run.status != 0
    assert re.search(message, run.output, re.IGNORECASE), run.output
    assert "Traceback" not in run.output
    assert bitwarden.recorder.writes() == []


def actions(report: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Return the records of a report that stand for writes."""
    assert report is not None
    return [record for record in report["records"] if record["outcome"] != "refused"]


def foretold(report: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Return the actions of a report without what only a real run can know."""
    return [{key: value for key, value in record.items() if key != "outcome"} for record in actions(report)]


def written(bitwarden: BitwardenServer) -> Counter[str]:
    """Return how many writes the server has seen, by the action that they stand for."""
    found: Counter[str] = Counter()
    for request in bitwarden.recorder.writes():
        names = [
            name
            for name, (method, path) in ENDPOINTS.items()
            if request.method == method and re.search(path, request.path)
        ]
        found[names[0]] += 1
    return found


def expected_memberships(ldif: str) -> dict[str, set[str]]:
    """Return the e-mails in each group, nested groups included, by a plain walk over the LDIF."""
    members: dict[str, list[str]] = {}
    name = ""
    for line in ldif.splitlines():
        if line.startswith("dn: cn="):
            name = line.removeprefix("dn: cn=").partition(",")[0]
            members[name] = []
        elif line.startswith("member: "):
            members[name].append(line.removeprefix("member: "))
    return {group: set(_walk(group, members, set())) for group in members}


def _walk(group: str, members: dict[str, list[str]], seen: set[str]) -> Iterable[str]:
    seen.add(group)
    for member in members[group]:
        kind, _unused, value = member.partition(",")[0].partition("=")
        if kind == "uid":
            yield f"{value}@example.org"
        elif value not in seen:
            yield from _walk(value, members, seen)
