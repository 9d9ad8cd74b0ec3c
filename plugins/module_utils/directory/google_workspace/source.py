# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The provider of sources of type ``google_workspace``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.emails import EmailRule
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.google_workspace.authentication import (
    token_cache,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.google_workspace.client import (
    DirectoryClient,
    Transport,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.google_workspace.credentials import (
    GROUP_SCOPE,
    USER_SCOPE,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.google_workspace.reader import (
    Extent,
    read_rows,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.google_workspace.semantics import (
    Meaning,
    groups_from,
    users_from,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.google_workspace.throttling import (
    WORKERS,
    verdict,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.client import HttpClient
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.options import http_options, https_origin
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Reading

SAMPLES = 3


class GoogleWorkspaceProvider:
    """Reads the users and groups of a Google Workspace account through the Directory API."""

    def __init__(self, name: str, options: Mapping[str, Any]) -> None:
        self._account = _account(options)
        self._extent = _extent(options)
        self._meaning = Meaning(
            source=name,
            email_rule=EmailRule(domains=tuple(options["email_domains"])),
            with_guests=options["guests"] == "include",
            all_users=self._extent.user_queries == (None,) and "domain" not in self._account,
        )
        self._subject = options["subject"].strip()
        self._scopes = [USER_SCOPE, GROUP_SCOPE] if self._extent.read_groups else [USER_SCOPE]
        self._http = HttpClient(http_options(options), pool_size=WORKERS, verdict=verdict)
        transport = Transport(self._http, token_cache(options, self._scopes, self._http))
        api_url = https_origin("api_url", options["api_url"], "https://admin.googleapis.com")
        aliases = bool(options["email_domains"])
        self._client = DirectoryClient(transport, api_url, self._account, self._subject, aliases=aliases)

    def read(self, previous: Mapping[str, Any] | None = None) -> Reading:
        """Return all users and groups in the extent; every read is a full one.

        Raises DirectoryError where it is not complete.
        """
        rows = read_rows(self._client, self._extent)
        users = users_from(rows, self._meaning)
        groups, warnings = groups_from(rows, users, self._meaning)
        statistics = self._http.statistics
        details = {"calls": statistics.calls, "retries": statistics.retries}
        return Reading(users, groups, warnings, self._server, details)

    def probe(self) -> Mapping[str, Any]:
        """Return whose account it is, whom the reading acts for, and a few users and groups."""
        users = next(self._client.users(self._extent.user_queries[0], SAMPLES))
        groups = next(self._client.groups(self._extent.group_query, SAMPLES)) if self._extent.read_groups else []
        return {
            "server": self._server,
            "subject": self._subject,
            "scopes": self._scopes,
            "sample_users": [{"external_id": row["id"], "email": row.get("primaryEmail")} for row in users],
            "sample_groups": [row.get("name") for row in groups],
        }

    @property
    def _server(self) -> str:
        return f"Google Workspace {' '.join(self._account.values())}"


def _account(options: Mapping[str, Any]) -> dict[str, str]:
    """Return the parameter that says whose users and groups: the whole account with all domains, or one domain.

    Sent both, Google would look at the domain only.
    """
    if options["domain"] and options["customer"]:
        raise ConfigurationError("Give either customer or domain, not both")
    if options["domain"]:
        return {"domain": options["domain"].strip().lower()}
    return {"customer": options["customer"] or "my_customer"}


def _extent(options: Mapping[str, Any]) -> Extent:
    queries = [options["users_query"], options.get("user_query")]
    units: list[str | None] = [_unit_clause(path) for path in options["org_unit_paths"]]
    group_query = _joined([options["groups_query"], options.get("group_query")])
    return Extent(
        user_queries=tuple(_joined([*queries, unit]) for unit in units or [None]),
        group_query=group_query,
        read_groups=options.get("read_groups", True),
        partial_groups=bool(group_query or options["domain"]),
        derived_membership=options["derived_membership"],
    )


def _joined(clauses: Iterable[str | None]) -> str | None:
    """Return the query that asks for all of the clauses (there is no OR), None without any."""
    return " ".join(clause.strip() for clause in clauses if clause and clause.strip()) or None


def _unit_clause(path: str) -> str:
    """Return the clause for an organizational unit and those below it."""
    if not path.startswith("/"):
        raise ConfigurationError(f"The organizational unit {path!r} does not begin with /", hint="Give it as /Staff/IT")
    escaped = path.replace("'", "\\'")
    return f"orgUnitPath='{escaped}'"
