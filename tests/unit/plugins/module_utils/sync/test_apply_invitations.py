# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carrying out what is due for open invitations, while their members accept them or answers get lost."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import BitwardenError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import MemberStatus, Organization
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.apply import Result, apply_plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.memory import Memory
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan import make_plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy
from ansible_collections.dirsync.bitwarden.tests.support.examples import member, organization, snapshot, user
from ansible_collections.dirsync.bitwarden.tests.support.organization import OrganizationInMemory

NOW = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)
REINVITE, PURGE = Policy(reinvite_days=7), Policy(purge_days=7)
ACCEPTED, CONFIRMED, REVOKED = MemberStatus.ACCEPTED, MemberStatus.CONFIRMED, MemberStatus.REVOKED
OUTCOMES_OF_REMINDERS = [(ACCEPTED, "done"), (CONFIRMED, "done"), (REVOKED, "failed"), (None, "failed")]
OUTCOMES_OF_WITHDRAWALS = [(ACCEPTED, "failed"), (CONFIRMED, "failed"), (REVOKED, "failed"), (None, "done")]


class Refusing(OrganizationInMemory):
    """An organization that has changed since the plan was made."""

    def reinvite(self, member_id: str) -> None:
        raise BitwardenError("POST reinvite", status=400, server="User invalid.")


class Silent(OrganizationInMemory):
    """An organization whose answers get lost."""

    def reinvite(self, member_id: str) -> None:
        super().reinvite(member_id)
        raise BitwardenError("No answer came", in_doubt=True)


def carry_out(policy: Policy, world: OrganizationInMemory) -> Result:
    """Plan for Ann's invitation of eight days ago, and apply it to the world as it is by now."""
    planned = organization([member("ann", status=MemberStatus.INVITED)])
    memory = Memory(invited_at={"m-ann": NOW - timedelta(days=8)}, now=NOW)
    [result] = apply_plan(make_plan(snapshot([user("ann")]), planned, policy, memory).actions, planned, world)
    return result


def ann(status: MemberStatus | None = MemberStatus.INVITED) -> Organization:
    """Return an organization with Ann in this status, or without her."""
    return organization([member("ann", status=status)] if status is not None else [])


def test_an_invitation_is_sent_again() -> None:
    current = OrganizationInMemory(ann())
    assert carry_out(REINVITE, current).outcome == "done"
    assert current.writes == [("reinvite", "m-ann")]


@pytest.mark.parametrize(("status", "outcome"), OUTCOMES_OF_REMINDERS)
def test_whoever_has_accepted_meanwhile_needs_no_reminder(status: MemberStatus | None, outcome: str) -> None:
    assert carry_out(REINVITE, Refusing(ann(status))).outcome == outcome


def test_a_reminder_whose_answer_was_lost_is_a_failure_that_is_not_repeated() -> None:
    current = Silent(ann())
    assert carry_out(REINVITE, current).outcome == "failed"
    assert current.reinvited == ["m-ann"]


def test_an_invitation_is_withdrawn() -> None:
    current = OrganizationInMemory(ann())
    assert carry_out(PURGE, current).outcome == "done"
    assert current.members() == ()


@pytest.mark.parametrize(("status", "outcome"), OUTCOMES_OF_WITHDRAWALS)
def test_only_an_open_invitation_is_withdrawn(status: MemberStatus | None, outcome: str) -> None:
    current = OrganizationInMemory(ann(status))
    before = current.state()
    result = carry_out(PURGE, current)
    assert (result.outcome, "not withdrawn" in result.message) == (outcome, outcome == "failed")
    assert current.state() == before
