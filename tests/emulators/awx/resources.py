# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the resources of the controller are made of: fields with their kinds, links, identities and associations.

The names and rules are those of the controller's own API, as its OPTIONS requests and its serializers state them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["text", "bool", "int", "json", "link"]


@dataclass(frozen=True, slots=True)
class Field:
    """A field: what it holds, what it is without a value, and for a link which resources it may point to."""

    kind: Kind = "text"
    default: Any = ""
    required: bool = False
    to: tuple[str, ...] = ()


def text(*, required: bool = False, default: str = "") -> Field:
    """Return a field of text."""
    return Field("text", default, required)


def link(*to: str, required: bool = False) -> Field:
    """Return a field that holds the id of an object of one of these resources, or null."""
    return Field("link", None, required, to)


TRUE = Field("bool", default=True)
FALSE = Field("bool", default=False)
NUMBER = Field("int", default=0)
JSON = Field("json", default=None)
MAYBE = Field("json", default=None)
"""A prompt of a node or a schedule: null leaves it to the template."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind of object below ``/api/v2/<path>/``; ``identity`` are the fields that no two objects have the same."""

    path: str
    type: str
    fields: Mapping[str, Field]
    identity: tuple[str, ...] = ("name",)
    associations: Mapping[str, str] = field(default_factory=dict)
    roles: tuple[str, ...] = ()
    creatable: bool = True


NAMED = {"name": text(required=True), "description": text()}
IN_ORGANIZATION = {**NAMED, "organization": link("organizations")}
NOTIFICATIONS = {
    f"notification_templates_{event}": "notification_templates" for event in ("started", "success", "error")
}
ASK = ("variables", "limit", "tags", "skip_tags", "inventory", "scm_branch", "labels")
ASK_OF_JOB = (*ASK, "diff_mode", "job_type", "verbosity", "credential", "execution_environment", "forks", "timeout")
PROMPTS = dict.fromkeys(("scm_branch", "job_type", "job_tags", "skip_tags", "limit", "diff_mode", "verbosity"), MAYBE)
UNIFIED = ("projects", "inventory_sources", "job_templates", "workflow_job_templates", "workflow_approval_templates")

RESOURCES = {
    resource.path: resource
    for resource in (
        Resource(
            "organizations",
            "organization",
            {**NAMED, "default_environment": link("execution_environments"), "max_hosts": NUMBER},
            associations={**NOTIFICATIONS, "notification_templates_approvals": "notification_templates"},
        ),
        Resource("teams", "team", IN_ORGANIZATION, ("name", "organization")),
        Resource(
            "execution_environments",
            "execution_environment",
            {
                **IN_ORGANIZATION,
                "image": text(required=True),
                "pull": text(),
                "credential": link("credentials"),
            },
        ),
        Resource(
            "credential_types",
            "credential_type",
            {**NAMED, "kind": text(required=True), "inputs": JSON, "injectors": JSON, "managed": FALSE},
            ("name", "kind"),
        ),
        Resource(
            "credentials",
            "credential",
            {**IN_ORGANIZATION, "credential_type": link("credential_types", required=True), "inputs": JSON},
            ("organization", "name", "credential_type"),
        ),
        Resource(
            "projects",
            "project",
            {
                **IN_ORGANIZATION,
                **{name: text() for name in ("scm_type", "scm_url", "scm_branch", "scm_refspec", "scm_revision")},
                **dict.fromkeys(("scm_clean", "scm_delete_on_update", "scm_update_on_launch"), FALSE),
                "scm_update_cache_timeout": NUMBER,
                "allow_override": FALSE,
                "timeout": NUMBER,
                "credential": link("credentials"),
                "default_environment": link("execution_environments"),
            },
            ("name", "organization"),
            NOTIFICATIONS,
        ),
        Resource(
            "inventories",
            "inventory",
            {
                **IN_ORGANIZATION,
                "organization": link("organizations", required=True),
                "kind": MAYBE,
                "host_filter": MAYBE,
                "variables": text(),
            },
            ("name", "organization"),
        ),
        Resource(
            "inventory_sources",
            "inventory_source",
            {
                **NAMED,
                "inventory": link("inventories", required=True),
                "source": text(),
                "source_path": text(),
                "source_vars": text(),
                "source_project": link("projects"),
                "credential": link("credentials"),
                "execution_environment": link("execution_environments"),
                **dict.fromkeys(("overwrite", "overwrite_vars", "update_on_launch"), FALSE),
                "update_cache_timeout": NUMBER,
                "timeout": NUMBER,
                "verbosity": Field("int", default=1),
            },
            ("name", "inventory"),
            NOTIFICATIONS,
        ),
        Resource(
            "notification_templates",
            "notification_template",
            {
                **IN_ORGANIZATION,
                "organization": link("organizations", required=True),
                "notification_type": text(required=True),
                "notification_configuration": JSON,
                "messages": JSON,
            },
            ("organization", "name"),
        ),
        Resource(
            "job_templates",
            "job_template",
            {
                **IN_ORGANIZATION,
                "job_type": text(default="run"),
                "inventory": link("inventories"),
                "project": link("projects", required=True),
                "playbook": text(required=True),
                "scm_branch": text(),
                "forks": NUMBER,
                "limit": text(),
                "verbosity": NUMBER,
                "extra_vars": text(),
                "job_tags": text(),
                "skip_tags": text(),
                "timeout": NUMBER,
                "execution_environment": link("execution_environments"),
                "diff_mode": FALSE,
                "allow_simultaneous": FALSE,
                "become_enabled": FALSE,
                "survey_enabled": FALSE,
                **{f"ask_{name}_on_launch": FALSE for name in ASK_OF_JOB},
            },
            ("name", "organization"),
            {"credentials": "credentials", **NOTIFICATIONS},
            ("admin_role", "execute_role", "read_role"),
        ),
        Resource(
            "workflow_job_templates",
            "workflow_job_template",
            {
                **IN_ORGANIZATION,
                "inventory": link("inventories"),
                "limit": MAYBE,
                "scm_branch": MAYBE,
                "extra_vars": text(),
                "allow_simultaneous": FALSE,
                "survey_enabled": FALSE,
                **{f"ask_{name}_on_launch": FALSE for name in ASK},
            },
            ("name", "organization"),
            {**NOTIFICATIONS, "notification_templates_approvals": "notification_templates"},
            ("admin_role", "execute_role", "approval_role", "read_role"),
        ),
        Resource(
            "workflow_job_template_nodes",
            "workflow_job_template_node",
            {
                "identifier": text(required=True),
                "workflow_job_template": link("workflow_job_templates", required=True),
                "unified_job_template": link(*UNIFIED),
                "inventory": link("inventories"),
                "extra_data": JSON,
                "all_parents_must_converge": FALSE,
                **PROMPTS,
            },
            ("identifier", "workflow_job_template"),
            {
                **{f"{state}_nodes": "workflow_job_template_nodes" for state in ("success", "failure", "always")},
                "credentials": "credentials",
            },
        ),
        # Made by a node only, see create_approval_template.
        Resource(
            "workflow_approval_templates",
            "workflow_approval_template",
            {**NAMED, "timeout": NUMBER},
            (),
            creatable=False,
        ),
        Resource(
            "schedules",
            "schedule",
            {
                **NAMED,
                "rrule": text(required=True),
                "enabled": TRUE,
                "unified_job_template": link(*UNIFIED, required=True),
                "inventory": link("inventories"),
                "extra_data": JSON,
                **PROMPTS,
            },
            ("unified_job_template", "name"),
            {"credentials": "credentials"},
        ),
    )
}
