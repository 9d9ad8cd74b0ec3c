# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every setting of Directory Connector becomes, in every layout of its file, and that no secret comes along."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.bitwarden import bitwarden_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.policy import policy_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.source import source_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.registry import provider
from ansible_collections.dirsync.bitwarden.plugins.module_utils.migration.conversion import Conversion, convert
from ansible_collections.dirsync.bitwarden.tests.support.directory_connector import (
    DIRECTORIES,
    ENTRA_ID,
    GOOGLE_WORKSPACE,
    IN_KEY_STORE,
    LDAP,
    OKTA,
    ONELOGIN,
    ORGANIZATION,
    OTHERS,
    SECRET,
    SYNC,
    as_file,
    in_version_4,
    settings,
)
from hypothesis import given
from hypothesis import strategies as st

TYPES = [LDAP, ENTRA_ID, GOOGLE_WORKSPACE, OKTA, ONELOGIN]
# Where a setting went whose value occurs nowhere among the variables, or only by chance.
TAKEN_OVER = {
    "directoryType",
    "organizationId",
    "entityId",
    "apiKeyClientId",
    "stateVersion",
    "installedVersion",
    "directoryLdap.id",
    "directoryEntra.identityAuthority",
    "directoryLdap.pagedSearch",
    "directoryLdap.startTls",
    "directoryLdap.sslAllowUnauthorized",
    "sync.inviteUsersAfterProvisioning",
}


def conversion(*args: Any, **kwargs: Any) -> Conversion:
    return convert(as_file(settings(*args, **kwargs)), "people")


def source(*args: Any, **kwargs: Any) -> dict[str, Any]:
    [only] = conversion(*args, **kwargs).variables["bitwarden_sync_sources"]
    return dict(only)


def connection(*args: Any, **kwargs: Any) -> dict[str, Any]:
    only = source(*args, **kwargs)
    return dict(only[only["type"]])


def policy(**sync: Any) -> dict[str, Any]:
    return dict(conversion(sync=sync).variables["bitwarden_sync_policy"])


def findings(converted: Conversion, kind: str) -> dict[str, str]:
    return {finding.setting: finding.text for finding in converted.findings if finding.kind == kind}


def test_ldap() -> None:
    assert source() == {
        "name": "people",
        "type": "ldap",
        "ldap": {
            "servers": ["ldaps://ldap.example.org:636"],
            "bind_dn": "cn=reader,dc=example,dc=org",
            "bind_password": "{{ vault_ldap_password }}",
            "ca_file": "/etc/ssl/corp.pem",
            "client_certificate": "/etc/ssl/client.pem",
            "client_key": "/etc/ssl/client.key",
            "base_dn": "dc=example,dc=org",
            "user_bases": ["ou=people,dc=example,dc=org"],
            "group_bases": ["ou=groups,dc=example,dc=org"],
            "user_filter": "(objectClass=inetOrgPerson)",
            "group_filter": "(objectClass=groupOfNames)",
            "email_attributes": ["mail"],
            "member_attributes": ["member"],
            "group_name_attribute": "cn",
            "email_prefix_attribute": "uid",
            "email_suffix": "@example.org",
            "external_id": "dn",
        },
        "users": {"bwdc_filter": "(memberOf=cn=vault,ou=groups,dc=example,dc=org)"},
        "groups": {"bwdc_filter": "(cn=vault*)"},
    }


def test_active_directory_needs_what_its_preset_says_not_twice() -> None:
    preset = {
        "userObjectClass": "person",
        "groupObjectClass": "group",
        "userEmailAttribute": "mail",
        "groupNameAttribute": "name",
        "memberAttribute": "member",
        "useEmailPrefixSuffix": False,
        "userPath": "CN=Users",
        "groupPath": None,
    }
    directory = {"ad": None, "sslCaPath": None, "sslCertPath": None, "sslKeyPath": None, "username": "CORP\\reader"}
    assert connection(directory=directory, sync=preset) == {
        "servers": ["ldaps://ldap.example.org:636"],
        "bind_dn": "CORP\\reader",
        "bind_password": "{{ vault_active_directory_password }}",
        "base_dn": "dc=example,dc=org",
        "user_bases": ["CN=Users,dc=example,dc=org"],
        "user_filter": "(&(objectClass=person)(!(objectClass=computer)))",
    }
    assert connection(directory=directory, sync=dict.fromkeys(preset)) == connection(
        directory=directory, sync={**preset, "userPath": None}
    )


@pytest.mark.parametrize(
    ("directory", "expected", "kind"),
    [
        ({"ssl": False}, {"servers": ["ldap://ldap.example.org:636"], "allow_cleartext": True}, "unsafe"),
        ({"startTls": True}, {"servers": ["ldap://ldap.example.org:636"], "start_tls": True}, "ignored"),
        ({"startTls": True, "ssl": False}, {"start_tls": True, "ca_file": "/etc/ssl/other.pem"}, "different"),
        ({"sslAllowUnauthorized": True}, {"validate_certs": False}, "unsafe"),
        ({"pagedSearch": False}, {"page_size": 0}, "different"),
        ({"port": "1636"}, {"servers": ["ldaps://ldap.example.org:1636"]}, "different"),
        ({"port": None, "ssl": None}, {"servers": ["ldap://ldap.example.org:389"]}, "unsafe"),
        ({"hostname": "2001:db8::1"}, {"servers": ["ldaps://[2001:db8::1]:636"]}, "different"),
        (
            {"rootPath": "ou=eu,DC=example"},
            {"base_dn": "DC=example", "user_bases": ["ou=people,DC=example"]},
            "different",
        ),
        ({"rootPath": "o=example"}, {"base_dn": "o=example", "user_bases": ["ou=people"]}, "different"),
    ],
)
def test_connection_to_ldap(directory: dict[str, Any], expected: dict[str, Any], kind: str) -> None:
    options = connection(directory=directory)
    assert {name: options[name] for name in expected} == expected
    assert findings(conversion(directory=directory), kind)


def test_files_of_the_other_kind_of_connection_are_named() -> None:
    ignored = findings(conversion(directory={"startTls": True}), "ignored")
    assert {"directoryLdap.sslCaPath", "directoryLdap.sslCertPath", "directoryLdap.sslKeyPath"} <= ignored.keys()
    assert "directoryLdap.tlsCaPath" in findings(conversion(), "ignored")


def test_services() -> None:
    assert connection(ENTRA_ID) == {
        "tenant_id": "example.onmicrosoft.com",
        "client_id": "7f0b6e6a-6d1c-4f5e-9a34-0c7f7d7f5a11",
        "client_secret": "{{ vault_entra_id_client_secret }}",
        "cloud": "us_government_l4",
    }
    assert "cloud" not in connection(ENTRA_ID, directory={"identityAuthority": None})
    assert connection(GOOGLE_WORKSPACE) == {
        "service_account_json": {
            "type": "service_account",
            "client_email": "dirsync@example-project.iam.gserviceaccount.com",
            "private_key": "{{ vault_google_workspace_private_key }}",
            "token_uri": "https://oauth2.googleapis.com/token",
        },
        "subject": "admin@example.org",
        "domain": "example.org",
    }
    assert connection(GOOGLE_WORKSPACE, directory={"domain": None})["customer"] == "C0123"
    assert connection(OKTA) == {
        "org_url": "https://example.okta.com",
        "api_token": "{{ vault_okta_api_token }}",
        "statuses": {"staged": "active"},
    }
    assert connection(ONELOGIN) == {
        "region": "eu",
        "client_id": "onelogin-client",
        "client_secret": "{{ vault_onelogin_client_secret }}",
        "email_suffix": "@example.org",
    }
    assert connection(ONELOGIN, directory={"region": "ap"})["host"] == "api.ap.onelogin.com"


@pytest.mark.parametrize(
    ("urls", "expected"),
    [
        (None, {"region": "us"}),
        ({"base": "https://vault.bitwarden.eu/"}, {"region": "eu"}),
        ({"api": "https://api.bitwarden.eu", "identity": "https://identity.bitwarden.eu"}, {"region": "eu"}),
        ({"base": "https://vault.example.org"}, {"server_url": "https://vault.example.org"}),
        (
            {"api": "https://a.example.org", "identity": "https://i.example.org"},
            {"api_url": "https://a.example.org", "identity_url": "https://i.example.org"},
        ),
    ],
)
def test_addresses_of_the_organization(urls: dict[str, str] | None, expected: dict[str, str]) -> None:
    assert conversion(environmentUrls=urls).variables["bitwarden_sync_organization"] == {
        **expected,
        "client_id": f"organization.{ORGANIZATION}",
        "client_secret": "{{ vault_bitwarden_client_secret }}",
    }


def test_client_id_is_asked_for_where_the_file_does_not_know_it() -> None:
    converted = conversion(organizationId=None, entityId=None, apiKeyClientId=IN_KEY_STORE)
    assert converted.variables["bitwarden_sync_organization"]["client_id"] == "{{ vault_bitwarden_client_id }}"
    assert ("vault_bitwarden_client_id", "apiKeyClientId", "key_store") in [
        (secret.variable, secret.setting, secret.stored) for secret in converted.secrets
    ]
    in_clear = conversion(organizationId=None, entityId=None).variables["bitwarden_sync_organization"]
    assert in_clear["client_id"] == f"organization.{ORGANIZATION}"


def test_key_of_another_organization_is_a_warning() -> None:
    assert "apiKeyClientId" in findings(conversion(apiKeyClientId="organization.other"), "unsafe")
    assert "apiKeyClientId" not in findings(conversion(), "unsafe")


def test_policy_takes_over_what_can_be_undone() -> None:
    assert policy() == {"absent": "ignore", "disabled": "ignore"}
    assert policy(overwriteExisting=True, removeDisabled=True) == {}
    assert policy(inviteUsersAfterProvisioning=False)["invite"] == "staged"
    assert "invite" not in policy(inviteUsersAfterProvisioning=None)
    assert policy(users=False) == {"invite": False, "restore": False, "absent": "ignore", "disabled": "ignore"}
    for sync in ({"users": False}, {"inviteUsersAfterProvisioning": False}):
        specification = {"policy": {"type": "dict", "options": policy_spec()}}
        validated = ArgumentSpecValidator(specification).validate({"policy": policy(**sync)})
        assert validated.error_messages == []
        assert validated.validated_parameters["policy"]["invite"] in ("false", "staged")


def test_groups_can_be_left_out() -> None:
    assert source(sync={"groups": False})["groups"] == {"bwdc_filter": "(cn=vault*)", "read": False}


@pytest.mark.parametrize(("users", "unused"), [(True, "groupFilter"), (False, "userFilter")])
def test_a_service_applies_no_filter_of_what_is_not_synchronized(users: bool, unused: str) -> None:
    sync = {"users": users, "groups": not users, "userFilter": "include:ann@example.org", "groupFilter": "include:a"}
    converted = conversion(ENTRA_ID, sync=sync)
    [converted_source] = converted.variables["bitwarden_sync_sources"]
    side = unused.removesuffix("Filter") + "s"
    assert "bwdc_filter" not in converted_source.get(side, {})
    assert "not filtered" in findings(converted, "ignored")[f"sync.{unused}"]


def test_several_ldap_filters_must_all_hold_as_they_did() -> None:
    converted = conversion(sync={"userFilter": "(mail=*)(uid=a*)"})
    assert "sync.userFilter" not in findings(converted, "unsafe")


@pytest.mark.parametrize("directory_type", TYPES)
def test_result_fits_the_options_and_can_be_read(directory_type: int) -> None:
    text = re.sub(r"{{ \w+ }}", "from-the-vault", json.dumps(conversion(directory_type).variables))
    variables = json.loads(text)
    specification = {
        "sources": source_spec(),
        "policy": {"type": "dict", "options": policy_spec()},
        "organization": {"type": "dict", "options": bitwarden_spec()},
    }
    validated = ArgumentSpecValidator(specification).validate(
        {name: variables[f"bitwarden_sync_{name}"] for name in specification}
    )
    assert validated.error_messages == []
    [only] = validated.validated_parameters["sources"]
    if only["type"] != "google_workspace":  # Without its key there is nothing to sign with.
        assert provider(only["type"], only["name"], only[only["type"]])


@pytest.mark.parametrize("directory_type", TYPES)
def test_every_setting_is_taken_over_or_named(directory_type: int) -> None:
    content = settings(directory_type)
    key = list(DIRECTORIES)[directory_type]
    names = {*OTHERS, *(f"{key}.{name}" for name in DIRECTORIES[key]), *(f"sync.{name}" for name in SYNC)}
    names |= {f"environmentUrls.{name}" for name in OTHERS["environmentUrls"]} - {"environmentUrls"}
    converted = convert(as_file(content), "people")
    text = json.dumps(converted.variables)
    named = {name for finding in converted.findings for name in finding.setting.split(", ")}
    named |= {secret.setting for secret in converted.secrets}

    def value(name: str) -> Any:
        section, dot, inner = name.rpartition(".")
        return (content[section] if dot else content).get(inner)

    unnoticed = {
        name
        for name in names - named - TAKEN_OVER - {"environmentUrls"}
        if value(name) and str(value(name)).rstrip("/") not in text and value(name) is not True
    }
    assert unnoticed == set()


def test_unknown_settings_are_named_on_one_line() -> None:
    assert "a?b: c" in findings(conversion(**{"a\nb: c": 1}), "ignored")
    ignored = findings(conversion(new=1, sync={"newer": True}, directory={"newest": "x"}), "ignored")
    assert {"new", "sync.newer", "directoryLdap.newest"} <= ignored.keys()


def test_other_directories_and_settings_of_theirs_are_named() -> None:
    ignored = findings(conversion(OKTA, directoryLdap={"hostname": "old.example.org"}), "ignored")
    assert {"directoryLdap", "sync.userPath", "sync.memberAttribute"} <= ignored.keys()


@pytest.mark.parametrize("directory_type", TYPES)
@pytest.mark.parametrize("entra", ["entra", "azure"])
def test_older_layouts_mean_the_same(directory_type: int, entra: str) -> None:
    content = settings(directory_type)
    old = convert(as_file(in_version_4(content, entra)), "people")
    assert old.variables == conversion(directory_type).variables
    assert old.state_version == 4


@pytest.mark.parametrize("version", [5, 6, 7, 8, None])
def test_newer_layouts(version: int | None) -> None:
    assert conversion(stateVersion=version).variables == conversion().variables


def test_file_with_a_byte_order_mark() -> None:
    assert convert(b"\xef\xbb\xbf" + as_file(settings()), "people").source_type == "ldap"


@pytest.mark.parametrize(
    ("text", "directory_type", "effect"),
    [
        ("(uid=ann", LDAP, "found nothing"),
        ("includes:ann@example.org", ENTRA_ID, "synchronized everybody"),
        ("include:a:b", OKTA, "synchronized everybody"),
    ],
)
def test_filter_that_cannot_be_read_is_a_warning_and_stays(text: str, directory_type: int, effect: str) -> None:
    converted = conversion(directory_type, sync={"userFilter": text})
    assert effect in findings(converted, "unsafe")["sync.userFilter"]
    assert converted.variables["bitwarden_sync_sources"][0]["users"] == {"bwdc_filter": text}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"not json", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b" " * 10_000_001, "too large"),
        (b"[]", "not a JSON object"),
        (b"{}", "no state version"),
        (as_file({"stateVersion": 2}), "state version 2"),
        (as_file({"global": {"stateVersion": 1}}), "state version 1"),
        (as_file(settings(stateVersion=9)), "versions up to 8"),
        (as_file(settings(stateVersion=True)), "no state version"),
        (as_file({"stateVersion": 4, "activeUserId": "me"}), "no active account"),
        (as_file(settings(directoryType=7)), "No directory"),
        (as_file(settings(directoryType="x")), "directoryType is not a whole number"),
        (as_file(settings(sync={"users": False, "groups": False})), "neither users nor groups"),
        (as_file({**settings(), "sync": []}), "sync is not an object"),
        (as_file(settings(sync={"users": "yes"})), "sync.users is neither true nor false"),
        (as_file(settings(directory={"port": True})), "directoryLdap.port is not a whole number"),
        (as_file(settings(directory={"hostname": ["x"]})), "directoryLdap.hostname is not a line of text"),
        (as_file(settings(directory={"hostname": "a\nb"})), "directoryLdap.hostname is not a line of text"),
        (as_file(settings(sync={"userFilter": "{{ lookup('pipe', 'id') }}"})), "sync.userFilter contains braces"),
        (as_file(settings(ENTRA_ID, directory={"identityAuthority": "evil.example"})), "identityAuthority is neither"),
    ],
)
def test_what_cannot_be_converted_is_explained(content: bytes, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message.replace(".", r"\.")) as raised:
        convert(content, "people")
    assert SECRET not in str(raised.value)


def outcome(content: bytes) -> Conversion | ConfigurationError:
    try:
        return convert(content, "people")
    except ConfigurationError as error:
        return error


PLACES = ["password", "key", "privateKey", "token", "clientSecret"]
values = st.one_of(st.none(), st.booleans(), st.integers(-9, 99999), st.text(max_size=8), st.just([]), st.just({}))


@given(
    directory_type=st.sampled_from(TYPES),
    top=st.dictionaries(st.sampled_from([*OTHERS, "stateVersion", "directoryType", "sync"]), values, max_size=4),
    sync=st.dictionaries(st.sampled_from(list(SYNC)), values, max_size=6),
    directory=st.dictionaries(
        st.sampled_from([name for each in DIRECTORIES.values() for name in each if name not in PLACES]),
        values,
        max_size=6,
    ),
    old=st.booleans(),
)
def test_any_file_is_converted_or_refused_and_no_secret_is_in_the_result(
    directory_type: int, top: dict[str, Any], sync: dict[str, Any], directory: dict[str, Any], old: bool
) -> None:
    content = {**settings(directory_type, directory=directory, sync=sync), **top}
    content |= dict.fromkeys(("accessToken", "apiKeyClientSecret"), SECRET)
    converted = outcome(as_file(in_version_4(content) if old else content))
    assert SECRET not in repr(converted) + str(converted)
    if isinstance(converted, ConfigurationError):
        return
    referred = {secret.variable for secret in converted.secrets}
    assert {name for name in referred if f"{{{{ {name} }}}}" in json.dumps(converted.variables)} == referred


@pytest.mark.parametrize("directory_type", TYPES)
def test_secrets_are_named_with_where_they_are(directory_type: int) -> None:
    key = list(DIRECTORIES)[directory_type]
    [place] = [name for name in DIRECTORIES[key] if name in PLACES]
    for value, stored in ((SECRET, "file"), (IN_KEY_STORE, "key_store"), (None, "nowhere")):
        secrets = conversion(directory_type, directory={place: value}).secrets
        assert [secret.stored for secret in secrets if secret.setting == f"{key}.{place}"] == [stored]
