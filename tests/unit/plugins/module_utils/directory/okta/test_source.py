# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a provider reads from an org, and what it tells about it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError, DirsyncError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.okta.source import OktaProvider
from ansible_collections.dirsync.bitwarden.tests.emulators.common import Fault, Kind, When
from ansible_collections.dirsync.bitwarden.tests.emulators.okta import WINDOWS_CLASS, ApiToken, OktaServer
from ansible_collections.dirsync.bitwarden.tests.emulators.okta.representation import user_json
from ansible_collections.dirsync.bitwarden.tests.support.readings import members, statuses, warnings

Provide = Callable[..., OktaProvider]

EVERY_STATUS = {
    "staged@example.org": "STAGED",
    "provisioned@example.org": "PROVISIONED",
    "active@example.org": "ACTIVE",
    "recovery@example.org": "RECOVERY",
    "expired@example.org": "PASSWORD_EXPIRED",
    "locked@example.org": "LOCKED_OUT",
    "suspended@example.org": "SUSPENDED",
    "gone@example.org": "DEPROVISIONED",
}


def fill(okta: OktaServer) -> None:
    """Create a user of each status and groups of each type."""
    users = [okta.org.add_user(login, status=status) for login, status in EVERY_STATUS.items()]
    okta.org.add_group("Staff", *users[:-1])
    okta.org.add_group("Directory", users[2], type="APP_GROUP", object_class=WINDOWS_CLASS)
    okta.org.add_group("App", users[6], type="APP_GROUP")
    okta.org.add_group("Empty")


def test_users_and_groups(okta: OktaServer, provide: Provide) -> None:
    fill(okta)
    reading = provide(okta).read()
    assert statuses(reading) == {
        "provisioned@example.org": "active",
        "active@example.org": "active",
        "recovery@example.org": "active",
        "expired@example.org": "active",
        "locked@example.org": "active",
        "suspended@example.org": "disabled",
        "gone@example.org": "deleted",
    }
    present = statuses(reading).keys() - {"gone@example.org"}
    assert members(reading) == {
        "Everyone": present,
        "Staff": present,
        "Directory": {"active@example.org"},
        "App": {"suspended@example.org"},
        "Empty": set(),
    }
    assert reading.server == okta.url
    assert reading.warnings == []
    assert reading.state is None
    assert {user.external_id for user in reading.users} < okta.org.users.keys()
    assert reading.details["statuses"]["STAGED"] == 1


def test_statuses_can_be_given_another_meaning(okta: OktaServer, provide: Provide) -> None:
    fill(okta)
    reading = provide(okta, statuses={"staged": "active", "locked_out": "disabled", "provisioned": "ignore"}).read()
    assert statuses(reading)["staged@example.org"] == "active"
    assert statuses(reading)["locked@example.org"] == "disabled"
    assert "provisioned@example.org" not in statuses(reading)
    assert "provisioned@example.org" not in members(reading)["Staff"]


def test_deprovisioned_users_can_be_left_out(okta: OktaServer, provide: Provide) -> None:
    fill(okta)
    reading = provide(okta, deprovisioned=False).read()
    assert "gone@example.org" not in statuses(reading)
    assert not [request for request in okta.recorder.requests() if "filter" in request.query]


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        (["okta"], {"Staff", "Empty"}),
        (["active_directory"], {"Directory"}),
        (["app"], {"App"}),
        (["built_in"], {"Everyone"}),
        ([], set()),
    ],
)
def test_types_of_groups_can_be_chosen(
    okta: OktaServer, provide: Provide, types: list[str], expected: set[str]
) -> None:
    fill(okta)
    reading = provide(okta, group_types=types).read()
    assert members(reading).keys() == expected
    assert reading.warnings == []


def test_groups_are_not_read_where_nobody_asks_for_them(okta: OktaServer, provide: Provide) -> None:
    fill(okta)
    reading = provide(okta, query={"read_groups": False}).read()
    assert len(reading.users) == 7
    assert reading.groups == []
    assert okta.recorder.requests(path="groups") == []


def test_the_service_app_asks_only_for_what_it_needs(
    okta: OktaServer, provide: Provide, as_service_app: dict[str, Any]
) -> None:
    okta.authorization.app.granted = frozenset({"okta.users.read"})
    okta.org.add_user("ann@example.org")
    reading = provide(okta, query={"read_groups": False}, **as_service_app).read()
    assert statuses(reading) == {"ann@example.org": "active"}


@pytest.mark.parametrize(
    ("options", "query", "expected"),
    [
        ({"user_filter": 'status eq "SUSPENDED"'}, {}, {"suspended@example.org"}),
        ({}, {"user_query": 'status eq "DEPROVISIONED"'}, {"gone@example.org"}),
        (
            {"user_filter": 'status eq "ACTIVE" or status eq "SUSPENDED"'},
            {"user_query": 'profile.login eq "active@example.org"'},
            {"active@example.org"},
        ),
    ],
)
def test_okta_can_filter_users(
    okta: OktaServer, provide: Provide, options: dict[str, Any], query: dict[str, Any], expected: set[str]
) -> None:
    fill(okta)
    reading = provide(okta, query=query, **options).read()
    assert statuses(reading).keys() == expected
    assert len(okta.recorder.requests(path="/users$", method="GET")) == 4
    assert reading.warnings == []


def test_okta_can_filter_groups(okta: OktaServer, provide: Provide) -> None:
    fill(okta)
    query = {"group_query": 'type eq "APP_GROUP"'}
    reading = provide(okta, query=query, group_filter='lastUpdated gt "2000-01-01T00:00:00.000Z"').read()
    assert members(reading).keys() == {"Directory", "App"}
    assert reading.warnings == []


def test_emails_can_come_from_other_attributes(okta: OktaServer, provide: Provide) -> None:
    okta.org.add_user("ann@example.com", email="broken", secondEmail="Ann@Example.org")
    assert statuses(provide(okta).read()).keys() == {"broken"}
    assert statuses(provide(okta, email_attributes=["email", "secondEmail"]).read()).keys() == {"ann@example.org"}


def test_an_unknown_status_counts_as_active_and_is_reported(okta: OktaServer, provide: Provide) -> None:
    user = okta.org.add_user("new@example.org")
    user.status = "FANCY"  # type: ignore[assignment]
    reading = provide(okta).read()
    assert statuses(reading) == {"new@example.org": "active"}
    assert warnings(reading) == [("status_unknown", user.id)]


def test_a_limited_administrator_is_noticed(okta: OktaServer, provide: Provide) -> None:
    fill(okta)
    group = next(group for group in okta.org.groups.values() if group.name == "Staff")
    okta.authorization.api_tokens["limited"] = ApiToken("limited", frozenset({group.id}))
    reading = provide(okta, api_token="limited").read()
    assert warnings(reading) == [("directory_partly_visible", okta.url)]
    assert "Read-only Administrator" in reading.warnings[0].message


def test_users_that_okta_counts_but_does_not_list_are_reported(okta: OktaServer, provide: Provide) -> None:
    ann, bob = okta.org.add_user("ann@example.org"), okta.org.add_user("bob@example.org")
    group = okta.org.add_group("Staff", ann, bob)
    only_ann = [user_json(ann, okta.url, credentials=False)]
    okta.faults.add(Fault(Kind.STATUS, When(path="/users$"), times=None, status=200, body=only_ann))
    reading = provide(okta).read()
    assert warnings(reading) == [("members_hidden", group.id), ("directory_partly_visible", okta.url)]


def test_a_group_that_vanishes_during_the_read_is_skipped(okta: OktaServer, provide: Provide) -> None:
    ann = okta.org.add_user("ann@example.org")
    okta.org.add_group("Staff", ann)
    doomed = okta.org.add_group("Doomed", ann)
    okta.on_request = lambda record: okta.org.groups.pop(doomed.id, None) if doomed.id in record.path else None
    reading = provide(okta).read()
    assert members(reading).keys() == {"Everyone", "Staff"}
    assert warnings(reading) == [("group_vanished", doomed.id)]


def test_probe(okta: OktaServer, provide: Provide, as_service_app: dict[str, Any]) -> None:
    fill(okta)
    probe = provide(okta, **as_service_app).probe()
    assert probe["server"] == okta.url
    assert probe["authentication"] == "service_app"
    assert probe["users"] == 7
    assert probe["sees_everyone"]
    assert [user["email"] for user in probe["sample_users"]] == list(EVERY_STATUS)[:3]
    assert probe["sample_groups"] == ["Everyone", "Staff", "Directory"]


def test_probe_of_users_only(okta: OktaServer, provide: Provide) -> None:
    fill(okta)
    probe = provide(okta, query={"read_groups": False}, user_filter='status eq "SUSPENDED"').probe()
    assert [user["email"] for user in probe["sample_users"]] == ["suspended@example.org"]
    assert "users" not in probe


@pytest.mark.parametrize(
    "options",
    [
        {"api_token": "00token", "client_id": "0oa"},
        {"api_token": ""},
        {"client_id": "0oa"},
        {"client_id": "0oa", "private_key": "x", "private_key_file": "/nonexistent"},
        {"client_id": "0oa", "private_key_file": "/nonexistent"},
        {"client_id": "0oa", "private_key": "no key"},
        {"org_url": "http://example.okta.com", "api_token": "00token"},
    ],
)
def test_impossible_options_are_refused_before_any_request(
    okta: OktaServer, provide: Provide, options: dict[str, Any]
) -> None:
    with pytest.raises(ConfigurationError):
        provide(okta, **options)
    assert okta.recorder.requests() == []


def test_a_token_that_no_header_can_carry_is_refused(okta: OktaServer, provide: Provide) -> None:
    with pytest.raises(DirsyncError) as caught:
        provide(okta, api_token="se cret")
    assert "se cret" not in str(caught.value)


def test_the_key_may_be_in_a_file(
    okta: OktaServer, provide: Provide, as_service_app: dict[str, Any], tmp_path: Path
) -> None:
    okta.org.add_user("ann@example.org")
    path = tmp_path / "key.pem"
    path.write_text(as_service_app.pop("private_key"))
    reading = provide(okta, private_key_file=str(path), **as_service_app).read()
    assert statuses(reading) == {"ann@example.org": "active"}


def test_deprovisioned_users_can_be_left_out_beside_a_filter(okta: OktaServer, provide: Provide) -> None:
    okta.org.add_user("ann@example.org")
    okta.org.add_user("gone@example.org", status="DEPROVISIONED")
    everybody = 'lastUpdated gt "2000-01-01T00:00:00.000Z"'
    assert set(statuses(provide(okta, user_filter=everybody).read())) == {"ann@example.org", "gone@example.org"}
    assert set(statuses(provide(okta, user_filter=everybody, deprovisioned=False).read())) == {"ann@example.org"}
