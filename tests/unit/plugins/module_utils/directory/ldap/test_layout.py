# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is read where: options over presets over what the server says about itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.layout import (
    Layout,
    check_query,
    chosen_page_size,
    resolve_layout,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.presets import PRESETS
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.root_dse import RootDse

from .conftest import MakeOptions

SUFFIX = "dc=example,dc=org"
ROOT_DSE = RootDse({"namingcontexts": (SUFFIX, "cn=changelog")})


def resolve(options: Mapping[str, Any], kind: str = "openldap", root_dse: RootDse = ROOT_DSE) -> Layout:
    return resolve_layout(options, PRESETS[kind], root_dse)  # type: ignore[index]


def test_the_servers_own_base_is_the_default(ldap_options: MakeOptions) -> None:
    layout = resolve(ldap_options())
    assert (layout.user_bases, layout.group_bases, layout.deleted_bases) == ((SUFFIX,), (SUFFIX,), ())


def test_freeipa_is_never_read_from_its_suffix(ldap_options: MakeOptions) -> None:
    for options in (ldap_options(), ldap_options(base_dn="DC=Example, DC=org")):
        layout = resolve(options, "freeipa")
        suffix = options["base_dn"] or SUFFIX
        assert layout.user_bases == (f"cn=users,cn=accounts,{suffix}",)
        assert layout.group_bases == (f"cn=groups,cn=accounts,{suffix}",)
        assert layout.deleted_bases == (f"cn=deleted users,cn=accounts,cn=provisioning,{suffix}",)


@pytest.mark.parametrize("kind", ["openldap", "freeipa"])
def test_another_base_is_used_as_given(ldap_options: MakeOptions, kind: str) -> None:
    layout = resolve(ldap_options(base_dn=f"ou=Berlin,{SUFFIX}"), kind)
    assert (layout.user_bases, layout.group_bases) == ((f"ou=Berlin,{SUFFIX}",), (f"ou=Berlin,{SUFFIX}",))
    assert layout.deleted_bases == ()


def test_bases_by_name_need_no_base_of_the_server(ldap_options: MakeOptions) -> None:
    options = ldap_options(user_bases=["ou=a", "ou=b"], group_bases=[], deleted_bases=["ou=gone"])
    layout = resolve(options, root_dse=RootDse({}))
    assert (layout.user_bases, layout.group_bases, layout.deleted_bases) == (("ou=a", "ou=b"), (), ("ou=gone",))


@pytest.mark.parametrize(
    ("contexts", "hint"), [((), "does not show what it holds"), (("dc=a", "dc=b"), "The server holds dc=a, dc=b")]
)
def test_a_base_is_needed_where_the_server_has_none_or_several(
    ldap_options: MakeOptions, contexts: tuple[str, ...], hint: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"base_dn is needed.*{hint}"):
        resolve(ldap_options(), root_dse=RootDse({"namingcontexts": contexts}))


def test_every_default_can_be_changed(ldap_options: MakeOptions) -> None:
    changes = {
        "user_filter": "(objectClass=account)",
        "group_filter": "(cn=vault-*)",
        "user_scope": "one",
        "group_scope": "base",
        "external_id": "employeeNumber",
        "email_attributes": ["mailLocalAddress"],
        "email_prefix_attribute": "cn",
        "email_suffix": "@example.org",
        "email_domains": ["example.org"],
        "user_name_attributes": ["gecos"],
        "login_attribute": "krbPrincipalName",
        "group_name_attribute": "description",
        "member_attributes": ["uniqueMember"],
        "disabled_when": {"loginShell": "/sbin/nologin", "active": [False]},
    }
    layout = resolve(ldap_options(**changes))
    assert (layout.user_filter.text, layout.group_filter.text) == ("(objectClass=account)", "(cn=vault-*)")
    assert (layout.user_scope, layout.group_scope) == ("one", "base")
    for name in ("external_id", "email_prefix_attribute", "login_attribute", "group_name_attribute"):
        assert getattr(layout, name) == changes[name]
    for name in ("email_attributes", "user_name_attributes", "member_attributes"):
        assert list(getattr(layout, name)) == changes[name]
    assert (layout.email_rule.suffix, layout.email_rule.domains) == ("@example.org", ("example.org",))
    assert layout.disabled_when == {"loginShell": ("/sbin/nologin",), "active": ("False",)}
    assert layout.members_required


def test_nobody_is_disabled_on_request(ldap_options: MakeOptions) -> None:
    assert resolve(ldap_options(disabled_when={}), "389ds").disabled_when == {}


def test_a_query_narrows_the_filter(ldap_options: MakeOptions) -> None:
    layout = resolve({**ldap_options(user_filter="(mail=*)"), "user_query": "(uid=a*)", "group_query": None})
    assert layout.user_filter.text == "(&(mail=*)(uid=a*))"


@pytest.mark.parametrize("option", ["user_filter", "group_filter", "user_query", "group_query"])
def test_filters_are_checked_in_advance(option: str) -> None:
    with pytest.raises(ConfigurationError, match=option):
        check_query({option: "(cn=a"})


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [("openldap", None, 5000), ("389ds", None, 1000), ("freeipa", 3, 3), ("openldap", 0, 0)],
)
def test_the_page_size_depends_on_the_kind(
    ldap_options: MakeOptions, kind: str, given: int | None, expected: int
) -> None:
    options = ldap_options() if given is None else ldap_options(page_size=given)
    assert chosen_page_size(options, PRESETS[kind]) == expected  # type: ignore[index]


@pytest.mark.parametrize("option", ["email_attributes", "member_attributes"])
def test_an_empty_list_of_attributes_is_refused(ldap_options: MakeOptions, option: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{option} must name"):
        resolve(ldap_options(**{option: []}))


def test_a_base_that_is_no_dn_is_refused(ldap_options: MakeOptions) -> None:
    with pytest.raises(ConfigurationError, match="The base example is no DN"):
        resolve(ldap_options(base_dn="example"))


@pytest.mark.parametrize(
    ("attributes", "kind"),
    [
        ({"objectclass": ("top", "OpenLDAProotDSE")}, "openldap"),
        ({"vendorname": ("389 Project",)}, "389ds"),
        ({"vendorversion": ("389-Directory/2.3.1 B2023.053.0000",)}, "389ds"),
        ({"vendorname": ("389 Project",), "ipatopologypluginversion": ("1.0",)}, "freeipa"),
        ({"supportedcapabilities": ("1.2.840.113556.1.4.800",)}, "active_directory"),
        (
            {
                "supportedcapabilities": ("1.2.840.113556.1.4.800",),
                "vendorname": ("Samba Team (https://www.samba.org)",),
            },
            "samba",
        ),
        ({"vendorname": ("NetIQ Corporation",)}, "generic"),
        ({}, "generic"),
    ],
)
def test_the_root_dse_tells_the_kind(attributes: dict[str, tuple[str, ...]], kind: str) -> None:
    assert RootDse(attributes).kind() == kind
