# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The organization and the policy: ``environmentUrls``, ``organizationId`` and the flags of ``sync``."""

from __future__ import annotations

from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.migration.data_file import Section
from ansible_collections.dirsync.bitwarden.plugins.module_utils.migration.notes import Notes

_REGIONS = {
    ("", "https://api.bitwarden.com", "https://identity.bitwarden.com"): "us",
    ("", "https://api.bitwarden.eu", "https://identity.bitwarden.eu"): "eu",
    ("https://vault.bitwarden.com", "", ""): "us",
    ("https://vault.bitwarden.eu", "", ""): "eu",
    ("", "", ""): "us",
}
_TOKENS = ("accessToken", "refreshToken", "twoFactorToken")


def organization(settings: Section, notes: Notes) -> dict[str, Any]:
    """Return the variable ``bitwarden_sync_organization``."""
    options = _addresses(settings.section("environmentUrls"), notes)
    options["client_id"] = _client_id(settings, notes)
    options["client_secret"] = notes.vaulted(settings, "apiKeyClientSecret", "vault_bitwarden_client_secret")
    in_clear = [token for token in _TOKENS if settings.secret(token) == "file"]
    if in_clear:
        notes.unsafe(
            ", ".join(in_clear),
            "The file holds a login in clear. It is not taken over; log Directory Connector out after the switch.",
        )
    return options


def _addresses(urls: Section, notes: Notes) -> dict[str, Any]:
    base, api, identity = (urls.text(key).rstrip("/") for key in ("base", "api", "identity"))
    notes.ignored([urls.name("webVault")] if urls.holds("webVault") else [], "Nothing is called there.")
    region = _REGIONS.get((base, api, identity))
    if region:
        return {"region": region}
    given = {"server_url": base, "api_url": api, "identity_url": identity}
    return {option: url for option, url in given.items() if url}


def _client_id(settings: Section, notes: Notes) -> str:
    """Return the client id of the organization's API key, which is made of the id of the organization."""
    identifier = settings.text("organizationId") or settings.text("entityId")
    settings.holds("entityId")
    client_id = settings.text("apiKeyClientId") if settings.secret("apiKeyClientId") == "file" else ""
    if not identifier and not client_id:
        return notes.vaulted(settings, "apiKeyClientId", "vault_bitwarden_client_id")
    if identifier and client_id and client_id != f"organization.{identifier}":
        notes.unsafe(
            "apiKeyClientId",
            "It belongs to another organization than organizationId. The organizationId was taken; make sure that it "
            "is the right one before anything is written.",
        )
    return f"organization.{identifier}" if identifier else client_id


def policy(sync: Section, notes: Notes) -> dict[str, Any]:
    """Return the variable ``bitwarden_sync_policy``: what Directory Connector does, but nothing that is final."""
    options: dict[str, Any] = {}
    if sync.flag("overwriteExisting"):
        notes.unsafe(
            sync.name("overwriteExisting"),
            "Directory Connector removed everybody whom a read did not return, even if it returned nobody. Here they "
            "are revoked, which can be undone, and guards stop a run that goes too far. absent: remove removes them.",
        )
    else:
        options["absent"] = "ignore"
        notes.unsafe(
            sync.name("overwriteExisting"),
            "Whoever is missing in the directory keeps access, as before (absent: ignore). Delete that line to have "
            "them revoked.",
        )
    if sync.flag("removeDisabled"):
        notes.different(
            sync.name("removeDisabled"),
            "Disabled users are revoked, which can be undone, and not removed. disabled: remove removes them.",
        )
    else:
        options["disabled"] = "ignore"
        notes.unsafe(
            sync.name("removeDisabled"),
            "Whoever is disabled in the directory keeps access, as before (disabled: ignore). Delete that line to have "
            "them revoked. Nobody who is disabled is invited, unlike before.",
        )
    # Missing, it is left out of the request, and the server takes that for true.
    if not sync.flag("inviteUsersAfterProvisioning", default=True):
        options["invite"] = "staged"
        notes.different(
            sync.name("inviteUsersAfterProvisioning"),
            "New users are staged, as before, where the server can do that. Elsewhere they are refused; Directory "
            "Connector invited them.",
        )
    notes.different("sync", "Users whom the directory shows as deleted are revoked and not removed (deleted: remove).")
    _without_users(sync, options, notes)
    if sync.flag("groups"):
        notes.different(
            sync.name("groups"),
            "Members whom an administrator put into a group by hand stay there. membership: exclusive takes them out.",
        )
    notes.ignored(
        [sync.name("largeImport")] if sync.holds("largeImport") else [], "transport: auto chooses by the plan."
    )
    minutes = sync.number("interval")
    if minutes and minutes > 0:
        notes.ignored(
            [sync.name("interval")],
            f"The desktop application ran every {max(minutes, 5)} minutes. Schedule the playbook instead.",
        )
    return options


def _without_users(sync: Section, options: dict[str, Any], notes: Notes) -> None:
    """Change the policy of a file that synchronizes groups only: users are read, and members stay as they are."""
    if sync.flag("users"):
        return
    options.update(invite=False, restore=False, absent="ignore", disabled="ignore")
    notes.different(
        sync.name("users"),
        "Groups only: the users are read because the groups need them, and nobody is invited, restored or revoked, "
        "except users whom the directory shows as deleted.",
    )
