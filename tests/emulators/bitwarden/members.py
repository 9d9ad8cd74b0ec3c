# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Members (reference sections 5.1, 7, 9, 10 and 11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aiohttp import web

from .associations import Associations, known, read_associations, refuse_conflicts
from .errors import BadRequestError, ResourceNotFoundError, json_response
from .lookup import find
from .member_status import MemberStatus
from .model import PERMISSIONS, EventType, Member, Role, Status
from .profile import Profile
from .representation import list_json, member_json
from .request_model import RequestModel, is_strict_email, read_model
from .seats import SELF_HOSTED_POST, require_seats
from .state import State, new_id

NO_OWNER_LEFT = "Organization must have at least one confirmed owner."


@dataclass(frozen=True, slots=True)
class MemberUpdate:
    """The properties of a member in a request."""

    type: int
    external_id: str | None
    permissions: dict[str, bool] | None
    collections: Associations | None
    groups: list[str] | None

    @classmethod
    def read(cls, model: RequestModel) -> MemberUpdate:
        """Read them, noting what is wrong in the model."""
        role = model.enumeration("type", {item.value for item in Role})
        permissions = model.model("permissions")
        if permissions is not None and role != Role.CUSTOM:
            model.note("", "Only users with the Custom role may use custom permissions.")
        return cls(
            role,
            model.text("externalId", maximum=300),
            None if permissions is None else {name: permissions.boolean(name) for name in PERMISSIONS},
            read_associations(model, "collections"),
            model.guids("groups"),
        )


class MembersApi:
    """The handlers of ``/public/members``."""

    def __init__(self, state: State, profile: Profile) -> None:
        self._state = state
        self._profile = profile
        self._status = MemberStatus(state, profile.mode)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes; a server without revocation has none for it."""
        one = "/api/public/members/{id}"
        routes = [
            web.get("/api/public/members", self.list_all),
            web.post("/api/public/members", self.create),
            web.get(one, self.show),
            web.put(one, self.update),
            web.delete(one, self.remove),
            web.get(one + "/group-ids", self.show_groups),
            web.put(one + "/group-ids", self.replace_groups),
            web.post(one + "/reinvite", self.reinvite),
        ]
        if self._profile.revokes:
            routes += [web.post(one + "/revoke", self.revoke), web.post(one + "/restore", self.restore)]
        return routes

    async def list_all(self, _request: web.Request) -> web.Response:
        """List all members of all statuses, without paging."""
        with_collections = self._profile.lists_collections_of_members
        members = (
            member_json(member, member.collections if with_collections else None) for member in self._state.members
        )
        return json_response(list_json(members))

    async def show(self, request: web.Request) -> web.Response:
        """Show a member."""
        member = find(self._state.members, request)
        return json_response(member_json(member, member.collections))

    async def show_groups(self, request: web.Request) -> web.Response:
        """List the ids of a member's groups."""
        return json_response(self._state.memberships.groups_of(find(self._state.members, request).id))

    async def create(self, request: web.Request) -> web.Response:
        """Invite somebody. The answer knows nothing of an account."""
        model = await read_model(request)
        email = model.text("email", required=True, maximum=256)
        if not is_strict_email(email):
            model.note("email", "The Email field is not a supported e-mail address format.")
        update = MemberUpdate.read(model)
        model.check()
        self._refuse_role(update.type)
        refuse_conflicts(update.collections)
        address = (email or "").lower()
        if self._state.members.by_email(address) is not None:
            raise BadRequestError("This user has already been invited.")
        seats = self._state.settings
        require_seats(self._state, self._profile.mode, 1, SELF_HOSTED_POST)
        if self._state.settings.invitation_failure is not None:
            self._state.settings = seats
            raise BadRequestError("Failed to invite users")
        member = self._state.members.put(
            Member(
                new_id(),
                address,
                type=update.type,
                external_id=update.external_id,
                permissions=update.permissions,
                collections=known(update.collections, self._state.collections),
            )
        )
        if update.groups:
            self._state.memberships.replace_groups(member.id, self._known_groups(update.groups))
        self._state.log(EventType.MEMBER_INVITED, member_id=member.id)
        return json_response(member_json(member, update.collections, with_account=False))

    async def update(self, request: web.Request) -> web.Response:
        """Replace a member's role, external id and collections, and the groups when they are given.

        The answer repeats the associations of the request instead of those in the database.
        """
        model = await read_model(request)
        update = MemberUpdate.read(model)
        model.check()
        member = find(self._state.members, request)
        self._refuse_update(member, update)
        updated = self._state.members.put(
            replace(
                member,
                type=update.type,
                external_id=update.external_id,
                permissions=member.permissions if update.permissions is None else update.permissions,
                collections=update.collections or [],
            )
        )
        if update.groups is not None:
            self._state.memberships.replace_groups(member.id, update.groups)
        self._state.log(EventType.MEMBER_UPDATED, member_id=member.id)
        return json_response(member_json(updated, update.collections, with_account=member.user_id is not None))

    async def replace_groups(self, request: web.Request) -> web.Response:
        """Make the given groups the member's groups; unknown ids are dropped."""
        model = await read_model(request)
        group_ids = model.guids("groupIds")
        member = find(self._state.members, request)
        self._state.memberships.replace_groups(member.id, self._known_groups(group_ids or []))
        self._state.log(EventType.MEMBER_GROUPS_UPDATED, member_id=member.id)
        return web.Response()

    async def remove(self, request: web.Request) -> web.Response:
        """Remove a member for good, whatever the role or status."""
        member = find(self._state.members, request)
        if not self._state.has_confirmed_owner_except(member.id):
            raise BadRequestError(NO_OWNER_LEFT)
        self._state.remove_member(member)
        self._state.log(EventType.MEMBER_REMOVED, member_id=member.id)
        return web.Response()

    async def reinvite(self, request: web.Request) -> web.Response:
        """Send the invitation again."""
        if find(self._state.members, request).status != Status.INVITED:
            raise BadRequestError("User invalid.")
        return web.Response()

    async def revoke(self, request: web.Request) -> web.Response:
        """Take a member's access away, keeping groups and collections."""
        member = find(self._state.members, request)
        if member.status != Status.REVOKED and not self._state.has_confirmed_owner_except(member.id):
            raise BadRequestError(NO_OWNER_LEFT)
        self._status.revoke(member)
        return web.Response()

    async def restore(self, request: web.Request) -> web.Response:
        """Give a revoked member the earlier status back."""
        self._status.restore(find(self._state.members, request))
        return web.Response()

    def _known_groups(self, group_ids: Sequence[str]) -> Sequence[str]:
        return [group_id for group_id in group_ids if group_id in self._state.groups]

    def _refuse_role(self, role: int) -> None:
        if role == Role.CUSTOM and not self._state.settings.use_custom_permissions:
            raise BadRequestError("To enable custom permissions the organization must be on an Enterprise plan.")

    def _refuse_update(self, member: Member, update: MemberUpdate) -> None:
        if update.type in (Role.OWNER, Role.ADMIN) and self._administers_another_free_organization(member):
            raise BadRequestError("You can only be an admin of one free organization.")
        if any(item["id"] not in self._state.collections for item in update.collections or ()):
            raise ResourceNotFoundError
        if any(group_id not in self._state.groups for group_id in update.groups or ()):
            raise ResourceNotFoundError
        self._refuse_role(update.type)
        if update.type != Role.OWNER and not self._state.has_confirmed_owner_except(member.id):
            raise BadRequestError(NO_OWNER_LEFT)
        refuse_conflicts(update.collections)

    def _administers_another_free_organization(self, member: Member) -> bool:
        return self._state.settings.free_plan and member.administers_free_organization
