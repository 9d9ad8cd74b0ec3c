# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What --diff shows: only what changes, under the names of people and groups, as YAML that says what it means."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    Access,
    Association,
    MemberStatus,
    MemberType,
    Organization,
    Role,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Action, Kind, Plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.diff import MOST_NAMES, MOST_OBJECTS, make_diff
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan import make_plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy
from ansible_collections.dirsync.bitwarden.tests.support.examples import (
    group,
    member,
    organization,
    organization_group,
    snapshot,
    user,
)
from hypothesis import given
from hypothesis import strategies as st

HOSTILE = [
    "yes",
    "No",
    "null",
    "~",
    "y",
    "",
    " ",
    ": x",
    "a: b",
    "a #b",
    "# a",
    "- a",
    "{{ x }}",
    "{% x %}",
    "[a, b]",
    "{a: b}",
    "!!python/object:os.system",
    "&a",
    "*a",
    "@a",
    "`a`",
    "%a",
    "|",
    ">",
    "'",
    '"',
    "\\",
    "1",
    "1e3",
    "0x1f",
    "1_000",
    "12:30:45",
    "2026-03-01",
    ".inf",
    "=",
    "<<",
    "---",
    "...",
    "a ",
    " a",
    "a\nb",
    "a\tb",
    "\x00\x1b[31m",
    "\x7f\x85\xa0",
    "\u2028\u2029\ufeff",
    "\u202egnp.exe",
    "Jos\u00e9 M\u00fcller",
    "\u90e8\u9580",
    "\U0001f600",
    "\U000e0001",
]


def shown(plan: Plan, current: Organization) -> dict[str, tuple[Any, Any]]:
    """Return before and after of each part of the difference, read as YAML."""
    return {
        entry["before_header"].split()[0]: (yaml.safe_load(entry["before"]), yaml.safe_load(entry["after"]))
        for entry in make_diff(plan, current)
    }


def diff_of(directory: Snapshot, current: Organization, **policy: Any) -> dict[str, tuple[Any, Any]]:
    return shown(make_plan(directory, current, Policy(**policy)), current)


def test_nothing_is_shown_where_nothing_changes() -> None:
    assert make_diff(Plan(()), organization([member("ann")], [organization_group("staff")])) == []


def test_each_change_of_a_member_is_shown_before_and_after() -> None:
    users = [
        user("ann"),
        user("bob"),
        user("cleo"),
        user("dora"),
        user("eve", email="eve.new"),
        user("fay", "disabled"),
    ]
    members = [
        member("bob", None),
        member("cleo", "old"),
        member("dora", status=MemberStatus.REVOKED),
        member("eve", status=MemberStatus.INVITED),
        member("fay", status=MemberStatus.ACCEPTED),
        member("gil"),
        member("unchanged", None),
    ]
    assert diff_of(snapshot(users), organization(members), absent="remove") == {
        "members": (
            {
                "bob@example.org": {"external_id": None},
                "cleo@example.org": {"external_id": "old"},
                "dora@example.org": {"status": "revoked"},
                "eve@example.org": {"email": "eve@example.org"},
                "fay@example.org": {"status": "accepted"},
                "gil@example.org": {"status": "confirmed", "external_id": "id-gil"},
            },
            {
                "ann@example.org": {"status": "invited", "external_id": "id-ann"},
                "bob@example.org": {"external_id": "id-bob"},
                "cleo@example.org": {"external_id": "id-cleo"},
                "dora@example.org": {"status": "restored"},
                "eve@example.org": {"email": "eve.new@example.org"},
                "fay@example.org": {"status": "revoked"},
            },
        )
    }


def test_what_becomes_of_an_open_invitation_is_shown() -> None:
    current = organization([member("ann", status=MemberStatus.INVITED), member("bob", status=MemberStatus.INVITED)])
    actions = (
        Action(Kind.REINVITE_MEMBER, "ann@example.org", "not_accepted", "id-ann", "m-ann"),
        Action(Kind.WITHDRAW_INVITATION, "bob@example.org", "not_accepted", "id-bob", "m-bob"),
    )
    assert shown(Plan(actions), current) == {
        "members": (
            {
                "ann@example.org": {"status": "invited"},
                "bob@example.org": {"status": "invited", "external_id": "id-bob"},
            },
            {"ann@example.org": {"status": "reinvited"}},
        )
    }


def test_each_change_of_a_group_is_shown_before_and_after() -> None:
    directory = snapshot(
        [user("ann"), user("bob")],
        [group("new", "ann"), group("crew", external_id="id-staff"), group("old"), group("same", "ann")],
    )
    groups = [
        organization_group("staff"),
        organization_group("old", "old-key"),
        organization_group("same"),
        organization_group("gone"),
    ]
    current = organization([member("ann"), member("bob")], groups, staff=["ann", "bob"], same=["bob"])
    assert diff_of(directory, current, absent_groups="remove") == {
        "groups": (
            {
                "staff": {"name": "staff", "members": ["ann@example.org", "bob@example.org"]},
                "old": {"external_id": "old-key"},
                "same": {"members": ["bob@example.org"]},
                "gone": {"external_id": "id-gone"},
            },
            {
                "new": {"external_id": "id-new", "members": ["ann@example.org"]},
                "staff": {"name": "crew"},
                "old": {"external_id": "id-old"},
                "same": {"members": ["ann@example.org"]},
            },
        )
    }


def test_a_group_that_people_only_join_is_there_before() -> None:
    directory = snapshot([user("ann")], [group("staff", "ann")])
    current = organization([member("ann")], [organization_group("staff")])
    assert diff_of(directory, current) == {"groups": ({"staff": None}, {"staff": {"members": ["ann@example.org"]}})}


def test_several_changes_of_one_object_are_shown_as_one() -> None:
    current = organization([member("ann")], [organization_group("crew", "id-staff")])
    assert diff_of(snapshot([user("ann")], [group("staff", "ann")]), current) == {
        "groups": (
            {"crew": {"name": "crew"}},
            {"crew": {"name": "staff", "members": ["ann@example.org"]}},
        )
    }


def test_objects_of_one_name_are_told_apart() -> None:
    current = organization([], [organization_group("staff", "old")])
    assert diff_of(snapshot([user("ann")], [group("staff")]), current, rekey=False, absent_groups="remove")[
        "groups"
    ] == (
        {"staff (old)": {"external_id": "old"}},
        {"staff (id-staff)": {"external_id": "id-staff"}},
    )


def test_new_groups_of_one_name_are_told_apart() -> None:
    directory = snapshot([user("ann")], [group("staff"), group("staff", external_id="id-2")])
    assert diff_of(directory, organization([member("ann")]))["groups"][1] == {
        "staff (id-staff)": {"external_id": "id-staff"},
        "staff (id-2)": {"external_id": "id-2"},
    }


def test_an_address_that_changes_hands_is_shown_for_both() -> None:
    directory = snapshot([user("ann", email="ann.new"), user("bob", email="ann")])
    current = organization([member("ann", status=MemberStatus.INVITED)])
    assert diff_of(directory, current)["members"] == (
        {"ann@example.org (id-ann)": {"email": "ann@example.org"}},
        {
            "ann@example.org (id-ann)": {"email": "ann.new@example.org"},
            "ann@example.org (id-bob)": {"status": "invited", "external_id": "id-bob"},
        },
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_mean_themselves_and_show_what_they_are(name: str) -> None:
    plan = Plan(
        (
            Action(Kind.CREATE_GROUP, name, "new_group", name),
            Action(Kind.SET_GROUP_MEMBERS, name, "membership", name, joining=(name,)),
        )
    )
    assert shown(plan, organization()) == {"groups": (None, {name: {"external_id": name, "members": [name]}})}
    text = make_diff(plan, organization())[0]["after"]
    assert text.replace("\n", "").isprintable()


@given(st.text(max_size=40))
def test_any_name_means_itself(name: str) -> None:
    plan = Plan((Action(Kind.CREATE_GROUP, name, "new_group", name),))
    assert shown(plan, organization()) == {"groups": (None, {name: {"external_id": name}})}


def test_ordinary_names_are_shown_without_quotes() -> None:
    plan = Plan((Action(Kind.CREATE_GROUP, "IT Support", "new_group", "a1b2-c3"),))
    assert make_diff(plan, organization())[0]["after"] == "IT Support:\n  external_id: a1b2-c3\n"


def test_a_long_list_of_people_is_cut() -> None:
    people = tuple(f"p{number:03}@example.org" for number in range(MOST_NAMES + 7))
    plan = Plan((Action(Kind.SET_GROUP_MEMBERS, "staff", "membership", "id-staff", "g-staff", joining=people),))
    text = make_diff(plan, organization())[0]["after"]
    assert yaml.safe_load(text) == {"staff": {"members": list(people[:MOST_NAMES])}}
    assert text.endswith("    # and 7 more\n")


def test_what_just_fits_is_not_cut() -> None:
    people = tuple(f"p{number:03}@example.org" for number in range(MOST_NAMES))
    plan = Plan((Action(Kind.SET_GROUP_MEMBERS, "staff", "membership", "id-staff", "g-staff", joining=people),))
    assert "#" not in make_diff(plan, organization())[0]["after"]
    plan = Plan(tuple(Action(Kind.CREATE_GROUP, f"g{number}", "new_group", None) for number in range(MOST_OBJECTS)))
    assert "#" not in make_diff(plan, organization())[0]["after"]


def test_a_long_list_of_objects_is_cut_in_the_same_place_on_both_sides() -> None:
    names = [f"p{number:03}" for number in range(MOST_OBJECTS + 10)]
    users = [user(name) for name in names[:-20]]
    current = organization([member(name, None) for name in names[-30:-20]] + [member(name) for name in names[-20:]])
    before, after = diff_of(snapshot(users), current, absent="remove")["members"]
    assert [name.split("@")[0] for name in before] == names[-30:-10]
    assert [name.split("@")[0] for name in after] == names[:-20]
    entry = make_diff(make_plan(snapshot(users), current, Policy()), current)[0]
    assert entry["before"].endswith("# and 10 more; the report holds them all\n")
    assert entry["after"].endswith("# and 10 more; the report holds them all\n")


def test_roles_are_shown_before_and_after() -> None:
    admin, helpdesk = Role(MemberType.ADMIN), Role(MemberType.CUSTOM, frozenset({"manage_users", "manage_sso"}))
    plan = Plan(
        (
            Action(Kind.DEMOTE_MEMBER, "ann@x.org", "group_role", "1", "m1", role=helpdesk, previous_role=admin),
            Action(Kind.INVITE_MEMBER, "bob@x.org", "new_user", "2", role=admin),
            Action(Kind.REPLACE_INVITATION, "cy@x.org", "email_changed", "3", "m3", value="cyd@x.org", role=admin),
        )
    )
    [entry] = make_diff(plan, Organization())
    assert yaml.safe_load(entry["before"]) == {"ann@x.org": {"type": "admin"}, "cy@x.org": {"email": "cy@x.org"}}
    assert yaml.safe_load(entry["after"]) == {
        "ann@x.org": {"type": "custom", "permissions": ["manage_sso", "manage_users"]},
        "bob@x.org": {"status": "invited", "external_id": "2", "type": "admin"},
        "cy@x.org": {"email": "cyd@x.org", "type": "admin"},
    }


def test_collections_are_shown_before_and_after() -> None:
    view, manage = (Access("servers", Association("c1", *rights)) for rights in ((True,), (False, False, True)))
    plan = Plan(
        (
            Action(Kind.CREATE_GROUP, "boards", "new_group", "1", granting=(view,)),
            Action(
                Kind.SET_GROUP_COLLECTIONS, "crew", "collections", "2", "2", granting=(manage,), withdrawing=(view,)
            ),
            Action(Kind.SET_GROUP_COLLECTIONS, "staff", "collections", "3", "3", withdrawing=(view,)),
        )
    )
    [entry] = make_diff(plan, Organization())
    shown = {"collections": ["servers (view)"]}
    assert yaml.safe_load(entry["before"]) == {"crew": shown, "staff": shown}
    assert yaml.safe_load(entry["after"]) == {
        "boards": {"external_id": "1", **shown},
        "crew": {"collections": ["servers (manage)"]},
        "staff": None,
    }
