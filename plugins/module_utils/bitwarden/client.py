# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The endpoints of Bitwarden's Public API, one method each (https://bitwarden.com/help/api/)."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from enum import Enum
from typing import Literal
from urllib.parse import quote

from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.connection import BitwardenConnection
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.parsing import (
    distinct,
    imported_group_json,
    imported_member_json,
    parse_collection,
    parse_event_page,
    parse_group,
    parse_ids,
    parse_list,
    parse_member,
    parse_seats,
    parse_server,
    permissions_json,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.session import ApiSession, Traffic, parsed
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.updates import (
    associations_json,
    member_json,
    require_collections,
    with_accesses,
    with_role,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import BitwardenError, ImportOnlyError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model import organization as model
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.organization import (
    Association,
    Member,
    OrganizationGroup,
    Role,
)

VAULTWARDEN = "Vaultwarden"
STAGING = "pm-34423-staged-status"
PLAIN_USER = Role()
NEEDS_REVOCATION = "Revoking and restoring over the API need Bitwarden server 2026.2.0 or later"


class Keep(Enum):
    """The default of options for which None has a meaning of its own: leave as it is."""

    KEEP = "keep"


KEEP: Literal[Keep.KEEP] = Keep.KEEP


class BitwardenClient:
    """Talks to one organization; safe to share between threads.

    Every method raises BitwardenError. Reads, PUT and DELETE are repeated after passing faults, POST only when the
    server surely did not act on it; otherwise its error is ``in_doubt``.
    """

    def __init__(
        self,
        connection: BitwardenConnection,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._session = ApiSession(connection, clock=clock, sleep=sleep)

    def traffic(self) -> Traffic:
        """Return what was sent to the server so far."""
        return self._session.traffic()

    def server(self) -> model.Server:
        """Return what answers at the other end; needs no API key."""
        return self._session.get("/config", parse_server, anonymous=True)

    def can_stage(self) -> bool:
        """Say whether an import can make members without inviting them; elsewhere it invites them all the same."""
        return str(self.server().feature_states.get(STAGING)).lower() == "true"

    def members(self) -> tuple[Member, ...]:
        """Return all members in every status; ``collections`` is None before server 2025.11.0.

        Raises ImportOnlyError on Vaultwarden.
        """
        try:
            return self._session.get("/public/members", lambda answer: distinct(parse_list(answer, parse_member)))
        except BitwardenError as error:
            if error.status != 404:
                raise
            raise self._missing_api(error) from error

    def member(self, member_id: str) -> Member | None:
        """Return a member, or None where there is none with this id."""
        return self._session.find(_path("members", member_id), parse_member)

    def invite(
        self,
        email: str,
        external_id: str | None,
        *,
        role: Role = PLAIN_USER,
        collections: Sequence[Association] = (),
        group_ids: Collection[str] = (),
    ) -> Member:
        """Invite somebody who is not a member in any status. On the cloud this can buy a seat."""
        body = {
            "email": email,
            "type": role.type.value,
            "externalId": external_id,
            "permissions": permissions_json(role),
            "collections": associations_json(collections),
            "groups": list(group_ids),
        }
        return parsed(self._session.send("POST", "/public/members", email, json=body), parse_member)

    def reinvite(self, member_id: str) -> None:
        """Send the invitation of an invited member again; the server refuses it in any other status."""
        self._session.write("POST", _path("members", member_id, "reinvite"))

    def update_member(
        self,
        member_id: str,
        *,
        external_id: str | Keep | None = KEEP,
        role: Role | None = None,
        collections: Sequence[Association] | None = None,
    ) -> None:
        """Change what is given and keep the rest, permissions that only the server knows included.

        A PUT resets what it leaves out, so the member is read just before and sent back, except for the groups, which
        a PUT keeps. Nothing is written where nothing changes.
        """
        path = _path("members", member_id)
        before = self._session.get(path, parse_member)
        after = replace(
            before if role is None else with_role(before, role),
            external_id=before.external_id if external_id is KEEP else external_id,
            collections=before.collections if collections is None else tuple(collections),
        )
        if after != before:
            require_collections(after, after.email)
            self._session.write("PUT", path, after.email, json=member_json(after))

    def remove_member(self, member_id: str) -> None:
        """Remove a member for good; an account without master password is lost to its owner."""
        self._session.write("DELETE", _path("members", member_id))

    def revoke(self, member_id: str) -> None:
        """Take a member's access away; groups, collections and keys are kept."""
        self._revocation(member_id, "revoke")

    def restore(self, member_id: str) -> None:
        """Give a revoked member the earlier status back. On the cloud this can buy a seat."""
        self._revocation(member_id, "restore")

    def groups(self) -> tuple[OrganizationGroup, ...]:
        """Return all groups."""
        return self._session.get("/public/groups", lambda answer: distinct(parse_list(answer, parse_group)))

    def group(self, group_id: str) -> OrganizationGroup | None:
        """Return a group, or None where there is none with this id."""
        return self._session.find(_path("groups", group_id), parse_group)

    def create_group(
        self, name: str, external_id: str | None, *, collections: Sequence[Association] = ()
    ) -> OrganizationGroup:
        """Create a group; the server accepts names and external ids that other groups have."""
        body = {"name": name, "externalId": external_id, "collections": associations_json(collections)}
        return parsed(self._session.send("POST", "/public/groups", name, json=body), parse_group)

    def update_group(
        self,
        group_id: str,
        *,
        name: str | None = None,
        external_id: str | Keep | None = KEEP,
        granting: Sequence[Association] = (),
        withdrawing: Collection[str] = (),
    ) -> None:
        """Change what is given and keep the rest; nothing is written where nothing changes.

        ``granting`` are accesses to collections that come or change, ``withdrawing`` the ids of collections that go. A
        PUT keeps collections only where it leaves them out, so the others are read just before and sent back.
        """
        path = _path("groups", group_id)
        before = self._session.get(path, parse_group)
        after = replace(
            with_accesses(before, granting, withdrawing),
            name=before.name if name is None else name,
            external_id=before.external_id if external_id is KEEP else external_id,
        )
        if after == before:
            return
        body: dict[str, object] = {"name": after.name, "externalId": after.external_id}
        if after.collections != before.collections:
            require_collections(before, before.name)
            body["collections"] = associations_json(after.collections or ())
        self._session.write("PUT", path, before.name, json=body)

    def delete_group(self, group_id: str) -> None:
        """Delete a group."""
        self._session.write("DELETE", _path("groups", group_id))

    def group_member_ids(self, group_id: str) -> tuple[str, ...]:
        """Return the ids of a group's members."""
        return self._session.get(_path("groups", group_id, "member-ids"), parse_ids)

    def set_group_member_ids(self, group_id: str, member_ids: Collection[str]) -> None:
        """Make these the group's members and nobody else."""
        self._session.write("PUT", _path("groups", group_id, "member-ids"), json={"memberIds": list(member_ids)})

    def collections(self) -> tuple[model.Collection, ...]:
        """Return all shared collections; their names are encrypted and not given."""
        return self._session.get("/public/collections", lambda answer: distinct(parse_list(answer, parse_collection)))

    def subscription(self) -> model.Seats | None:
        """Return the seats, or None on a self-hosted server, which has no subscription."""
        try:
            return self._session.get("/public/organization/subscription", parse_seats)
        except BitwardenError as error:
            if error.status == 400 and "not self hosted" in error.server:
                return None
            raise

    def events(self, start: datetime, end: datetime) -> Iterator[model.Event]:
        """Yield the events between two times (aware, less than 367 days apart), newest first, page by page.

        The order is that of the server's event repositories.
        """
        params = {"start": start.isoformat(), "end": end.isoformat()}
        tokens: set[str] = set()
        while True:
            events, token = self._session.get("/public/events", parse_event_page, params=params)
            yield from events
            if token is None:
                return
            if token in tokens:
                raise BitwardenError(f"The pages of the event log repeat themselves after {len(tokens)} pages")
            tokens.add(token)
            params["continuationToken"] = token

    def import_directory(
        self,
        members: Sequence[model.ImportedMember],
        groups: Sequence[model.ImportedGroup],
        *,
        overwrite_existing: bool = False,
        large_import: bool = False,
        invite: bool = True,
    ) -> None:
        """Send members and groups in one call, which is not transactional and must not be repeated blindly.

        ``overwrite_existing`` removes every member with an external id that is not in this call, also those that
        another program manages. External ids and e-mails must be unique within the call.
        """
        body = {
            "members": [imported_member_json(member) for member in members],
            "groups": [imported_group_json(group) for group in groups],
            "overwriteExisting": overwrite_existing,
            "largeImport": large_import,
            "inviteUsersAfterProvisioning": invite,
        }
        subject = f"{len(members)} members and {len(groups)} groups"
        self._session.write("POST", "/public/organization/import", subject, json=body)

    def _revocation(self, member_id: str, verb: Literal["revoke", "restore"]) -> None:
        try:
            self._session.write("POST", _path("members", member_id, verb))
        except BitwardenError as error:
            if error.status == 404:
                error.hint = f"{error.hint}. {NEEDS_REVOCATION}"
            raise

    def _missing_api(self, error: BitwardenError) -> BitwardenError:
        """Return the error that tells why the organization's API is not there."""
        try:
            product = self.server().product
        except BitwardenError:
            product = "Bitwarden"
        if product == VAULTWARDEN:
            what = f"{VAULTWARDEN} has no API to read or change single members and groups: {error.what}"
            hint = "All that it offers is the bulk import of Directory Connector, which this module cannot use"
            return ImportOnlyError(what, status=error.status, server=error.server, hint=hint)
        what = f"There is no Bitwarden API at this address: {error.what}"
        hint = "Check server_url, or api_url and identity_url"
        return BitwardenError(what, status=error.status, server=error.server, hint=hint)


def _path(*segments: str) -> str:
    return "/".join(("/public", *(quote(segment, safe="") for segment in segments)))
