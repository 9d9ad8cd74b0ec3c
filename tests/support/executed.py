# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which test executes which block of code of the pages: the tests take their blocks from here.

A block is named by its page and by words that only this block of the page holds; ``EVERY`` stands for all blocks of a
page. A new block that no test executes fails tests/unit/docs/test_completeness.py.
"""

from __future__ import annotations

from ansible_collections.dirsync.bitwarden.tests.support.snippets import Snippet, snippets

EVERY = ("",)
DOCUMENTATION = "tests/integration/test_documentation.py"
GUIDES = "tests/integration/guides"
STORIES = "tests/integration/stories"

EXECUTED: dict[str, dict[str, tuple[str, ...]]] = {
    f"{DOCUMENTATION}::test_sources_of_the_guides_are_read": {
        "guide_getting_started.rst": ("users:",),
        "guide_file.rst": EVERY,
        "guide_entra_id.rst": EVERY,
        "guide_okta.rst": EVERY,
        "guide_onelogin.rst": EVERY,
    },
    f"{DOCUMENTATION}::test_tasks_of_the_guides_run": {
        "guide_ldap.rst": ("Read the staff",),
        "guide_google_workspace.rst": EVERY,
    },
    f"{DOCUMENTATION}::test_the_account_of_the_guide_may_read": {
        "guide_ldap.rst": ("objectClass: simpleSecurityObject", "olcLimits"),
    },
    f"{STORIES}/test_release.py::test_five_minutes": {
        "guide_getting_started.rst": (
            "pip install",
            "bitwarden_organizations:",
            "bitwarden_sync_organization:",
            "vault_bitwarden_client_id: organization",
            "bitwarden.preview",
        ),
    },
    f"{STORIES}/test_readmes.py::test_the_quick_start": {
        "README.md": (
            "pip install",
            "bitwarden_organizations:",
            "vault_bitwarden_client_id: organization",
            "bitwarden.preview",
            '["sha256:..."]',
        ),
    },
    f"{STORIES}/test_readmes.py::test_the_readme_of_the_role": {
        "roles/directory_sync/README.md": ("Converge one organization", "/srv/previews", "directory_sync_webhook"),
    },
    f"{STORIES}/test_readmes.py::test_runs_like_those_of_a_schedule": {
        "guide_schedule.rst": ("CREDENTIALS_DIRECTORY", "--limit acme", "pip download"),
    },
    "tests/integration/awx/test_declaring.py::test_the_readme_of_the_role_is_what_was_declared": {
        "roles/directory_sync_awx/README.md": EVERY,
    },
    f"{DOCUMENTATION}::test_the_demonstration_runs_and_ci_tests": {"README.md": ("make demo",)},
    f"{STORIES}/test_migration.py::test_the_move": {"guide_migration.rst": EVERY},
    f"{STORIES}/test_awx.py::test_declared_previewed_approved_and_applied": {"guide_awx.rst": EVERY},
    f"{STORIES}/test_gitops.py::test_pull_requests": {"guide_gitops.rst": EVERY},
    f"{STORIES}/test_observability.py::test_all_is_told": {"guide_observability.rst": EVERY},
    f"{STORIES}/test_scale.py::test_many_organizations": {"guide_scale.rst": EVERY},
    f"{GUIDES}/test_preview_and_approval.py::test_the_guide_to_previews_is_followed": {
        "guide_preview_and_approval.rst": (
            "bitwarden.preview",
            '["sha256:..."]',
            "percent: 30",
            "Say what has changed",
            "nothing was previewed",
            "/mnt/dirsync",
            "report.md",
            "sha256:0000",
        ),
    },
    "tests/integration/test_approval.py::test_the_plays_of_the_guide_run": {
        "guide_preview_and_approval.rst": ("plan_path", "approved_plan"),
    },
    "tests/integration/test_roles_and_collections.py::test_groups_of_the_directory_give_roles_and_collections": {
        "guide_roles_and_collections.rst": ("Converge members with roles",),
    },
    "tests/integration/test_roles_and_collections.py::test_the_guide_lists_collections_by_their_ids": {
        "guide_roles_and_collections.rst": ("List the collections",),
    },
    "tests/unit/test_layers.py::test_the_guide_draws_the_layers_as_they_are": {
        "guide_architecture.rst": EVERY,
    },
    f"{GUIDES}/test_add_a_source.py::test_a_source_is_added_and_read_as_the_guide_says": {
        "guide_add_a_source.rst": EVERY,
    },
    "tests/integration/directory_servers/test_documented.py::test_what_the_pages_say_of_active_directory_is_read": {
        "guide_active_directory.rst": ("domain: corp.example.org", "servers: [ldaps://dc1"),
        "guide_ldap.rst": ("Read a domain", "email_domains"),
    },
    f"{GUIDES}/test_schedule.py::test_the_role_takes_what_its_readme_declares": {
        "roles/directory_sync_schedule/README.md": EVERY,
    },
    f"{GUIDES}/test_schedule.py::test_the_role_takes_what_the_guide_declares": {
        "guide_schedule.rst": (
            "bitwarden_schedulers:",
            "bitwarden.schedule --check",
            "drift_at: daily",
            "lookup('ansible.builtin.env', 'ACME_CLIENT_SECRET')",
            "msmtp",
            "writable_paths",
            "schedule_wheels",
        ),
    },
    f"{GUIDES}/test_schedule.py::test_the_role_takes_a_repository_in_the_place_of_a_project": {
        "guide_schedule.rst": ("git_token", "git_ssh_key"),
    },
    f"{GUIDES}/test_policies.py::test_leavers_are_revoked_at_once_and_removed_a_month_later": {
        "guide_policies.rst": ("grace_days",),
    },
    f"{GUIDES}/test_policies.py::test_invitations_are_sent_again_and_withdrawn_after_a_month": {
        "guide_policies.rst": ("purge_days",),
    },
    f"{GUIDES}/test_policies.py::test_an_administrator_decides_on_invitations": {
        "guide_policies.rst": ("invite: staged",),
    },
    f"{GUIDES}/test_policies.py::test_hands_are_kept_off_administrators_and_service_accounts": {
        "guide_policies.rst": ("protected:",),
    },
    f"{GUIDES}/test_policies.py::test_sources_have_prefixes_of_their_own": {
        "guide_policies.rst": ("laboratory", "nobody.json"),
    },
}
"""The blocks that each test executes."""

NOT_EXECUTED: dict[str, dict[str, str]] = {
    "guide_active_directory.rst": {"dsacls": "dsacls is a program of Windows Server"},
    "examples/README.md": {
        "examples/inventory": "its vault holds placeholders only; the quick start runs both commands",
    },
    "roles/directory_sync/README.md": {
        "TASK [": "the lines need a run of minutes; tests/unit/plugins/plugin_utils/test_progress.py makes them",
        "watch cat": "neither command ends by itself",
    },
    "examples/gitops/README.md": {
        "pipeline/install": "the stories run these scripts as their guide says, each step of the pipelines included",
    },
    "guide_schedule.rst": {
        "list-timers": "a scheduled run has to be there; extensions/molecule looks at one",
        "schedule_state=absent": "it removes what is installed; extensions/molecule removes it from a host of its own",
    },
}
"""Why no test executes a block; such blocks are checked for their syntax."""


def executed_by(test: str) -> list[Snippet]:
    """Return the blocks that the test function of this name executes, in the order of the pages."""
    [claims] = [claims for name, claims in EXECUTED.items() if name.endswith(f"::{test}")]
    return [snippet for snippet in snippets() if claimed(snippet, claims)]


def claimed(snippet: Snippet, claims: dict[str, tuple[str, ...]]) -> bool:
    """Say whether a block is among these."""
    return any(words in snippet.text for words in claims.get(snippet.place, ()))
