# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the option of the modules to the policy of the planner, and what the policy calls its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.policy import policy_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Guards, Limit, Policy, policy_from


def policy_of(options: Mapping[str, Any]) -> Policy:
    """Return the policy for options as somebody writes them."""
    result = ArgumentSpecValidator(policy_spec()).validate(options)
    assert result.error_messages == []
    return policy_from(result.validated_parameters)


def test_the_defaults_of_the_option_are_those_of_the_policy() -> None:
    assert policy_of({}) == Policy()


def test_what_is_given_counts_and_the_rest_keeps_its_default() -> None:
    policy = policy_of({"absent": "remove", "adopt": True, "external_id_prefix": "ldap:"})
    assert policy == Policy(absent="remove", adopt=True, external_id_prefix="ldap:")


def test_a_limit_keeps_its_percentage_when_a_count_is_given() -> None:
    guards = {"removals": {"count": 3}, "invitations": {"percent": 12.5}, "exempt": 0}
    assert policy_of({"guards": guards}).guards == Guards(
        removals=Limit(count=3, percent=10), invitations=Limit(percent=12.5), exempt=0
    )


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("absent", "delete"),
        ("disabled", "delete"),
        ("deleted", "ignore"),
        ("absent_groups", "revoke"),
        ("membership", "inclusive"),
        ("invite", "perhaps"),
        ("guards", {"removals": "few"}),
        ("guards", {"removals": {"most": 5}}),
        ("guards", {"exempt": "few"}),
    ],
)
def test_wrong_values_are_refused(option: str, value: object) -> None:
    assert ArgumentSpecValidator(policy_spec()).validate({option: value}).error_messages != []


@pytest.mark.parametrize("option", ["grace_days", "reinvite_days", "reinvite_times", "purge_days"])
def test_a_number_of_days_below_zero_is_refused(option: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"policy\.{option} is -1"):
        policy_of({option: -1})


@pytest.mark.parametrize(
    ("guards", "message"),
    [
        ({"removals": {"count": -1}}, "policy.guards.removals.count is -1"),
        ({"shrink": {"percent": -0.5}}, "policy.guards.shrink.percent is -0.5"),
        ({"revocations": {"percent": "nan"}}, "policy.guards.revocations.percent is nan"),
        ({"exempt": -5}, "policy.guards.exempt is -5"),
    ],
)
def test_a_limit_below_zero_is_refused(guards: Mapping[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(message)):
        policy_of({"guards": guards})


def test_a_limit_of_zero_is_a_limit() -> None:
    guards = policy_of({"guards": {"removals": {"count": 0, "percent": 0}, "exempt": 0}}).guards
    assert (guards.removals, guards.exempt) == (Limit(0, 0), 0)


@pytest.mark.parametrize(
    ("prefix", "external_id", "owned"),
    [
        ("", "anything", True),
        ("", None, False),
        ("ldap:", "ldap:id-ann", True),
        ("ldap:", "id-ann", False),
        ("ldap:", "scim:ldap:id-ann", False),
        ("ldap:", None, False),
    ],
)
def test_the_owner_scope_is_what_begins_with_the_prefix(prefix: str, external_id: str | None, owned: bool) -> None:
    assert Policy(external_id_prefix=prefix).owns(external_id) == owned


def test_external_ids_are_written_with_the_prefix() -> None:
    assert Policy(external_id_prefix="ldap:").external_id("id-ann") == "ldap:id-ann"


@pytest.mark.parametrize("glob", ["[Ext] Partners", "[ext]*", "[Z-A] Team", "[!x]", "a]b"])
def test_brackets_stand_for_themselves(glob: str) -> None:
    [pattern] = policy_of({"exclude": {"groups": [glob]}}).exclude.groups
    assert pattern.fullmatch(glob.lower())
    assert not pattern.fullmatch("e partners")
