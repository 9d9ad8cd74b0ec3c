# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which way each action takes, and what the bulk import carries."""

from __future__ import annotations

from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import ImportedGroup, MemberStatus
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan import make_plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.policy import Policy
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.transport import CLOUD, Batch, choose_steps
from ansible_collections.dirsync.bitwarden.tests.support.examples import (
    group,
    member,
    organization,
    organization_group,
    snapshot,
    user,
)


def test_who_gets_the_old_address_of_an_invitation_does_not_get_its_groups() -> None:
    directory = snapshot([user("ann", email="ann.new"), user("eve", email="ann")], [group("staff", "ann")])
    invitation = member("ann", status=MemberStatus.INVITED)
    current = organization([invitation], [organization_group("staff")], staff=["ann"])
    steps = choose_steps(make_plan(directory, current, Policy()), current, "import", CLOUD)
    groups = [entry for step in steps if isinstance(step, Batch) for entry in step.groups]
    assert groups == [ImportedGroup("id-staff", "staff", ("id-ann",))]
