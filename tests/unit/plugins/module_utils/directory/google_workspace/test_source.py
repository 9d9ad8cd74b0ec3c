# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole readings of an account: who is read with which status and e-mail, and who is in which group."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import metadata
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    ConfigurationError,
    DirectoryError,
    MissingLibraryError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.google_workspace.source import (
    GoogleWorkspaceProvider,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.membership import Listing, flatten
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Reading, User
from ansible_collections.dirsync.bitwarden.tests.doubles.fake_time import FakeTime
from ansible_collections.dirsync.bitwarden.tests.emulators.common import Fault, Kind, When
from ansible_collections.dirsync.bitwarden.tests.emulators.google import Account, GoogleServer, Member
from ansible_collections.dirsync.bitwarden.tests.emulators.google import errors as google_errors
from ansible_collections.dirsync.bitwarden.tests.emulators.google.discovery import Discovery

MakeProvider = Callable[..., GoogleWorkspaceProvider]


def members(reading: Reading) -> dict[str, set[str | None]]:
    """Return the e-mails in each group, nested groups flattened."""
    emails = Listing([user.email for user in reading.users])
    return {group.name: set(emails.of(bits)) for group, bits in zip(reading.groups, flatten(reading), strict=True)}


def by_email(reading: Reading) -> dict[str | None, User]:
    """Return the users by e-mail."""
    return {user.email: user for user in reading.users}


def warning_codes(reading: Reading) -> list[str]:
    """Return the codes of the warnings."""
    return [warning.code for warning in reading.warnings]


def test_statuses(account: Account, make_provider: MakeProvider) -> None:
    ann = account.add_user("Ann@Example.org", given_name="Ann", family_name="Lee")
    account.add_user("sue@example.org", suspended=True, suspension_reason="ADMIN")
    account.add_user("archie@example.org", archived=True, suspended=True)
    account.delete_user(account.add_user("gone@example.org"))
    users = by_email(make_provider().read())
    assert users["ann@example.org"] == User(ann.id, "ann@example.org", "Ann Lee", "active", "staff")
    statuses = {email: (user.status, user.status_reason) for email, user in users.items()}
    deleted_status, deleted_reason = statuses.pop("gone@example.org")
    assert (deleted_status, deleted_reason[:10]) == ("deleted", "deleted 20")
    assert statuses == {
        "admin@example.org": ("active", ""),
        "ann@example.org": ("active", ""),
        "sue@example.org": ("disabled", "suspended: ADMIN"),
        "archie@example.org": ("disabled", "archived"),
    }


def test_restored_user_counts_once_and_as_active(
    server: GoogleServer, account: Account, make_provider: MakeProvider
) -> None:
    ann = account.add_user("ann@example.org")
    row = ann.resource() | {"deletionTime": "2026-01-01T00:00:00.000Z"}
    page = {"kind": "admin#directory#users", "users": [row]}
    deleted = [Fault(Kind.STATUS, When(path="/users$", nth=number), status=200, body=page) for number in (1, 2)]
    for fault in deleted:
        server.faults.add(fault)
    assert [user.status for user in make_provider().read().users] == ["active"]


def test_nested_groups_and_a_group_that_contains_itself(account: Account, make_provider: MakeProvider) -> None:
    ann, bob, eve = (account.add_user(f"{name}@example.org") for name in ("ann", "bob", "eve"))
    inner = account.add_group("inner@example.org", ann)
    middle = account.add_group("middle@example.org", inner, bob)
    outer = account.add_group("outer@example.org", middle, eve)
    account.add_member(inner, outer)
    everybody = {"ann@example.org", "bob@example.org", "eve@example.org"}
    reading = make_provider().read()
    assert members(reading) == {"inner": everybody, "middle": everybody, "outer": everybody}
    assert reading.warnings == []


def test_customer_member_means_every_active_user(account: Account, make_provider: MakeProvider) -> None:
    account.add_user("ann@example.org")
    account.add_user("sue@example.org", suspended=True)
    account.delete_user(account.add_user("gone@example.org"))
    everyone = account.add_group("all@example.org", account.everyone())
    account.add_group("outer@example.org", everyone)
    both = {"admin@example.org", "ann@example.org"}
    assert members(make_provider().read()) == {"all": both, "outer": both}


def test_members_without_status_count(account: Account, make_provider: MakeProvider) -> None:
    ann = account.add_user("ann@example.org")
    sue = account.add_user("sue@example.org", suspended=True)
    account.add_group("team@example.org", Member(ann.id, "USER", ann.primary_email, None), sue)
    assert members(make_provider().read()) == {"team": {"ann@example.org", "sue@example.org"}}


def test_member_is_found_by_e_mail_where_the_id_is_unknown(account: Account, make_provider: MakeProvider) -> None:
    account.add_user("ann@example.org")
    account.add_group("team@example.org", Member("0000", "USER", "ANN@example.org"))
    assert members(make_provider().read()) == {"team": {"ann@example.org"}}


def test_external_members_are_reported_and_left_out(account: Account, make_provider: MakeProvider) -> None:
    strangers = [account.external(f"stranger{number}@example.net") for number in range(7)]
    group = account.add_group("team@example.org", *strangers, account.external("eve@example.net"), name="Team")
    reading = make_provider().read()
    assert members(reading) == {"Team": set()}
    (warning,) = reading.warnings
    assert (warning.code, warning.record, warning.source) == ("member_external", group.id, "staff")
    assert "stranger0@example.net" in warning.message
    assert warning.message.endswith("and 3 more")


def test_group_without_name_gets_its_address(account: Account, make_provider: MakeProvider) -> None:
    account.add_group("team@example.org", name="")
    assert [group.name for group in make_provider().read().groups] == ["team@example.org"]


def test_users_and_groups_listed_twice_count_once(
    server: GoogleServer, account: Account, make_provider: MakeProvider
) -> None:
    ann = account.add_user("ann@example.org")
    team = account.add_group("team@example.org", ann, ann)
    for path, kind, row in (("/users$", "users", ann.resource()), ("/groups$", "groups", team.resource())):
        body = {"kind": f"admin#directory#{kind}", kind: [row, row]}
        server.faults.add(Fault(Kind.STATUS, When(path=path), times=2, status=200, body=body))
    reading = make_provider().read()
    assert [user.external_id for user in reading.users] == [ann.id]
    assert [(group.external_id, group.users) for group in reading.groups] == [(team.id, [0])]


@pytest.mark.parametrize(
    ("guests", "emails"),
    [("include", {"admin@example.org", "guest@example.net"}), ("exclude", {"admin@example.org"})],
)
def test_guests(account: Account, make_provider: MakeProvider, guests: str, emails: set[str]) -> None:
    guest = account.add_user("guest@example.net", is_guest=True)
    account.add_group("team@example.org", guest)
    reading = make_provider(guests=guests).read()
    assert set(by_email(reading)) == emails
    assert reading.warnings == []


@pytest.mark.parametrize(
    ("domains", "email"),
    [
        ([], "ann@example.org"),
        (["example.com"], "a.lee@example.com"),
        (["example.info", "example.com"], "ann@example.info"),
        (["example.edu"], "ann@example.org"),
    ],
)
def test_preferred_domains(account: Account, make_provider: MakeProvider, domains: list[str], email: str) -> None:
    account.add_user("ann@example.org", aliases=["A.Lee@example.com"], non_editable_aliases=["ann@example.info"])
    assert email in by_email(make_provider(email_domains=domains).read())


def test_domain_instead_of_the_whole_account(account: Account, make_provider: MakeProvider) -> None:
    account.domains.append("example.com")
    ann = account.add_user("ann@example.com")
    account.add_group("team@example.com", ann, account.find_user("admin@example.org") or ann)
    reading = make_provider(domain="example.com").read()
    assert set(by_email(reading)) == {"ann@example.com"}
    assert (members(reading), reading.warnings) == ({"team": {"ann@example.com"}}, [])
    assert reading.server == "Google Workspace example.com"


def test_customer_id_is_sent_alone(server: GoogleServer, make_provider: MakeProvider) -> None:
    make_provider(customer="C01abc2de").read()
    assert {call.query.get("customer") for call in server.recorder.requests(path="(users|groups)$")} == {"C01abc2de"}
    assert not any("domain" in call.query for call in server.recorder.requests())


def test_organizational_units_with_those_below_them(account: Account, make_provider: MakeProvider) -> None:
    for name, unit in (("ann", "/Staff"), ("bob", "/Staff/IT"), ("eve", "/Staff West"), ("ned", "/O'Neil & Sons")):
        account.add_user(f"{name}@example.org", org_unit_path=unit)

    def found(*paths: str, **options: Any) -> list[str]:
        return sorted(str(email) for email in by_email(make_provider(org_unit_paths=list(paths), **options).read()))

    assert found("/Staff") == ["ann@example.org", "bob@example.org"]
    assert found("/Staff West") == ["eve@example.org"]
    assert found("/O'Neil & Sons") == ["ned@example.org"]
    assert found("/Staff", "/Staff/IT", "/Staff West") == ["ann@example.org", "bob@example.org", "eve@example.org"]
    assert found("/Staff", users_query="email:b*") == ["bob@example.org"]
    assert found("/Staff", users_query="isSuspended=false", user_query="email:a*") == ["ann@example.org"]


def test_members_outside_of_the_selected_users_are_no_strangers(account: Account, make_provider: MakeProvider) -> None:
    ann, bob = account.add_user("ann@example.org"), account.add_user("bob@example.org")
    account.add_group("team@example.org", ann, bob)
    reading = make_provider(users_query="email:ann*").read()
    assert (members(reading), reading.warnings) == ({"team": {"ann@example.org"}}, [])


def test_group_that_vanished_while_the_account_was_read(
    server: GoogleServer, account: Account, make_provider: MakeProvider
) -> None:
    account.add_group("stays@example.org")
    gone = account.add_group("gone@example.org")
    not_found = google_errors.not_found("Resource Not Found: groupKey").body()
    server.faults.add(Fault(Kind.STATUS, When(path=f"{gone.id}/members$"), status=404, body=not_found))
    reading = make_provider().read()
    assert [group.name for group in reading.groups] == ["stays"]
    assert [(warning.code, warning.record) for warning in reading.warnings] == [("group_vanished", gone.id)]


def test_group_does_not_vanish_by_the_404_of_a_proxy(
    server: GoogleServer, account: Account, make_provider: MakeProvider
) -> None:
    there = account.add_group("there@example.org")
    server.faults.add(Fault(Kind.HTML, When(path=f"{there.id}/members$"), status=404))
    with pytest.raises(DirectoryError, match=f"Reading the members of the group {there.id} failed"):
        make_provider().read()


class TestNestedGroupsOutsideOfTheQuery:
    """A query for groups does not find the groups nested in them, but their members count all the same."""

    @pytest.fixture
    def _tree(self, account: Account) -> None:
        people = [account.add_user(f"user{number}@example.org") for number in range(6)]
        leaves = [account.add_group(f"leaf{number}@example.org", people[number]) for number in range(3)]
        middle = account.add_group("middle@example.org", *leaves, people[3])
        vault = account.add_group("vault-all@example.org", middle, *leaves, people[4])
        other = account.add_group("vault-other@example.org", people[5], vault)
        account.add_member(leaves[2], other)

    EVERYBODY = frozenset(f"user{number}@example.org" for number in range(6))

    @pytest.mark.usefixtures("_tree")
    def test_walked_one_by_one(self, server: GoogleServer, make_provider: MakeProvider) -> None:
        reading = make_provider(groups_query="email:vault-*").read()
        assert members(reading) == {"vault-all": self.EVERYBODY, "vault-other": self.EVERYBODY}
        assert len(server.recorder.requests(path="/members$")) == 2 + 4
        assert warning_codes(reading) == []

    @pytest.mark.usefixtures("_tree")
    def test_resolved_by_google_where_that_saves_calls(self, server: GoogleServer, make_provider: MakeProvider) -> None:
        reading = make_provider(groups_query="email:vault-*", derived_membership=True).read()
        assert members(reading) == {"vault-all": self.EVERYBODY, "vault-other": self.EVERYBODY}
        calls = server.recorder.requests(path="/members$")
        assert [call.query.get("includeDerivedMembership") for call in calls] == [None, None, "true"]

    @pytest.mark.usefixtures("_tree")
    def test_answer_of_google_without_all_direct_members_does_not_count(
        self, server: GoogleServer, account: Account, make_provider: MakeProvider
    ) -> None:
        vault = account.find_group("vault-all@example.org")
        assert vault is not None
        some = {"kind": "admin#directory#members", "members": [vault.members[0].resource()]}
        server.faults.add(Fault(Kind.STATUS, When(path=f"{vault.id}/members$", nth=2), status=200, body=some))
        reading = make_provider(groups_query="email:vault-*", derived_membership=True).read()
        assert members(reading)["vault-all"] == self.EVERYBODY

    @pytest.mark.usefixtures("_tree")
    def test_group_that_google_cannot_resolve_is_walked(
        self, server: GoogleServer, account: Account, make_provider: MakeProvider, fake_time: FakeTime
    ) -> None:
        vault = account.find_group("vault-all@example.org")
        assert vault is not None
        for number in range(2, 5):
            body = google_errors.backend_error().body()
            server.faults.add(Fault(Kind.STATUS, When(path=f"{vault.id}/members$", nth=number), status=503, body=body))
        reading = make_provider(groups_query="email:vault-*", derived_membership=True, retries=2).read()
        assert members(reading)["vault-all"] == self.EVERYBODY

    def test_one_nested_group_is_no_reason_to_ask_google(
        self, server: GoogleServer, account: Account, make_provider: MakeProvider
    ) -> None:
        inner = account.add_group("inner@example.org", account.add_user("ann@example.org"))
        account.add_group("vault@example.org", inner)
        reading = make_provider(groups_query="email:vault*", derived_membership=True).read()
        assert members(reading) == {"vault": {"ann@example.org"}}
        assert not any("includeDerivedMembership" in call.query for call in server.recorder.requests())

    def test_group_of_another_account_is_left_out(
        self, server: GoogleServer, account: Account, make_provider: MakeProvider
    ) -> None:
        account.add_group("vault@example.org", Member("0foreign", "GROUP", "them@example.net"))
        body = google_errors.forbidden().body()
        server.faults.add(Fault(Kind.STATUS, When(path="0foreign/members$"), status=403, body=body))
        assert members(make_provider(group_query="email:vault*").read()) == {"vault": set()}


def test_without_groups_only_users_are_asked_for(server: GoogleServer, make_provider: MakeProvider) -> None:
    server.google.service_account.delegated_scopes.pop()
    reading = make_provider(read_groups=False).read()
    assert reading.groups == []
    assert {call.path.rpartition("/")[2] for call in server.recorder.requests()} == {"token", "users"}


@pytest.mark.skipif(
    tuple(map(int, metadata.version("google-api-python-client").split(".")[:2])) < (2, 190),
    reason="the discovery documents of older versions know no guests",
)
def test_every_request_fits_the_discovery_document(
    server: GoogleServer, account: Account, make_provider: MakeProvider
) -> None:
    account.add_group("team@example.org", account.add_group("inner@example.org"))
    make_provider(email_domains=["example.org"], groups_query="email:team*", derived_membership=True).read()
    make_provider(org_unit_paths=["/"]).probe()
    discovery = Discovery()
    calls = server.recorder.requests(path="/admin/")
    assert [fault for call in calls for fault in discovery.request_faults(call)] == []
    assert all("gzip" in call.headers["user-agent"] for call in calls)
    assert all("dirsync.bitwarden" in call.headers["user-agent"] for call in calls)


def test_query_too_long_for_an_address(server: GoogleServer, account: Account, make_provider: MakeProvider) -> None:
    for number in range(501):
        account.add_user(f"user{number}@example.org", org_unit_path="/Staff")
    reading = make_provider(users_query=" ".join(["isSuspended=false"] * 200), org_unit_paths=["/Staff"]).read()
    assert len(reading.users) == 501
    assert [call.method for call in server.recorder.requests(path="/users$")].count("POST") == 2
    assert server.recorder.writes() == []


def test_details_say_how_many_calls_it_took(account: Account, make_provider: MakeProvider) -> None:
    account.add_group("team@example.org")
    assert make_provider().read().details == {"calls": 5, "retries": 0}


def test_probe_shows_a_few_records(server: GoogleServer, account: Account, make_provider: MakeProvider) -> None:
    account.add_group("team@example.org")
    probe = make_provider().probe()
    admin = next(iter(account.users.values()))
    assert probe["server"] == "Google Workspace my_customer"
    assert probe["subject"] == "admin@example.org"
    assert probe["sample_users"] == [{"external_id": admin.id, "email": "admin@example.org"}]
    assert probe["sample_groups"] == ["team"]
    assert len(server.recorder.requests()) == 3


@pytest.mark.parametrize(
    ("module", "library"),
    [("google.oauth2", "google-auth"), ("googleapiclient.discovery", "google-api-python-client")],
)
def test_missing_library_is_named(
    make_provider: MakeProvider, monkeypatch: pytest.MonkeyPatch, module: str, library: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingLibraryError, match=f"pip install '{library}'"):
        make_provider()


def test_library_that_is_too_old_is_named(make_provider: MakeProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "version", lambda _library: "1.12.11")
    with pytest.raises(MissingLibraryError, match=r"google-api-python-client>=2\.50"):
        make_provider()
    with pytest.raises(MissingLibraryError, match=r"google-auth>=2\.38"):
        make_provider(service_account_json=None, impersonate_service_account="reader@example.org")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"domain": "example.org", "customer": "C01"}, "either customer or domain"),
        ({"org_unit_paths": ["Staff"]}, "'Staff' does not begin with /"),
        ({"api_url": "http://admin.example.org"}, "api_url"),
        ({"subject": "admin"}, "subject is not an e-mail"),
        ({"retries": -1}, "retries"),
    ],
)
def test_options_that_cannot_work(make_provider: MakeProvider, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        make_provider(**options)
