# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The identity doctor: what is wrong with the identities in an organization, as plain data. Only reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.client import BitwardenClient
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.connection import connection_from
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.organization import (
    member_events,
    read_organization,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.policy import policy_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import MemberStatus, Organization
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.runner import require_mappings
from ansible_collections.dirsync.bitwarden.plugins.module_utils.snapshot.store import read_snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.actions import Plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.doctor import (
    Finding,
    Past,
    diagnose,
    plan_of_identities,
    revoked_though_active,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy, policy_from
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.protection import protecting_groups
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.report import describe

RETURNED_ACTIONS = 100


def examine(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the result of ``bitwarden_org_doctor`` (see its RETURN)."""
    for name in ("invitation_days", "most_findings"):
        if options[name] < 0:
            raise ConfigurationError(f"{name} is {options[name]}", hint="Give a number from 0 on")
    connection, policy = connection_from(options), _policy(options["policy"])
    snapshot = read_snapshot(Path(options["snapshot"])) if options["snapshot"] else None
    client = BitwardenClient(connection)
    organization = read_organization(client, lambda groups: protecting_groups(groups, policy))
    now = datetime.now(timezone.utc)
    past = _past(client, organization, snapshot, policy, now)
    accepted_since = now - timedelta(days=options["invitation_days"])
    findings = diagnose(organization, snapshot, policy, past, accepted_since)
    plan = plan_of_identities(snapshot, organization, policy) if snapshot else Plan(())
    return {
        "organization": connection.organization,
        "findings": _capped(findings, options["most_findings"]),
        "counts": dict(Counter(finding.code for finding in findings)),
        "severities": {
            severity: sum(finding.verdict.severity == severity for finding in findings)
            for severity in ("error", "warning", "info")
        },
        "plan": {
            "actions": [describe(action) for action in plan.actions[:RETURNED_ACTIONS]],
            "omitted": max(0, len(plan.actions) - RETURNED_ACTIONS),
        },
    }


def _policy(given: Mapping[str, Any]) -> Policy:
    """Return the policy for the option ``policy``, which takes what the converging modules take."""
    require_mappings({"policy": {"type": "dict", "options": policy_spec()}}, {"policy": given})
    validated = ArgumentSpecValidator(policy_spec()).validate(dict(given))
    if validated.error_messages:
        raise ConfigurationError(
            f"The option policy cannot be used: {'; '.join(validated.error_messages)}",
            hint="Give the policy that the synchronization has",
        )
    return policy_from(validated.validated_parameters)


def _past(
    client: BitwardenClient, organization: Organization, snapshot: Snapshot | None, policy: Policy, now: datetime
) -> Past:
    """Return what the event log tells of open invitations and revocations; it is not read where there are none."""
    revoked = [member.id for member in revoked_though_active(snapshot, organization, policy)] if snapshot else []
    invited = [member.id for member in organization.members if member.status == MemberStatus.INVITED]
    if not revoked and not invited:
        return Past({}, {})
    events = member_events(client, now, revoked=revoked, invited=invited)
    return Past(events.invited_at, events.revoked_by)


def _capped(findings: tuple[Finding, ...], most: int) -> list[dict[str, Any]]:
    """Return the findings as plain data, of each code the first."""
    told: Counter[str] = Counter()
    result = []
    for finding in findings:
        told[finding.code] += 1
        if told[finding.code] <= most:
            result.append(_described(finding))
    return result


def _described(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.verdict.severity,
        "objects": list(finding.objects),
        "external_id": finding.external_id,
        "message": finding.message,
        "advice": finding.verdict.advice,
    }
