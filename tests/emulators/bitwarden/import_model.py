# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The body of an import, as Bitwarden validates it (reference section 5.4)."""

from __future__ import annotations

from dataclasses import dataclass

from .request_model import RequestModel, is_email


@dataclass(frozen=True, slots=True)
class ImportedMember:
    """A member of the request. ``email`` is in lower case, and empty only for a deleted one."""

    external_id: str
    email: str
    deleted: bool


@dataclass(frozen=True, slots=True)
class ImportedGroup:
    """A group of the request. ``member_external_ids`` None makes the server fail when it comes to the groups."""

    external_id: str
    name: str
    member_external_ids: list[str] | None


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """The whole request. ``groups`` or ``members`` None makes the server fail."""

    groups: list[ImportedGroup] | None
    members: list[ImportedMember] | None
    overwrite_existing: bool
    large_import: bool
    invite_after_provisioning: bool

    @classmethod
    def read(cls, model: RequestModel) -> ImportRequest:
        """Read the request; raises :class:`InvalidModelError` when any part of it is wrong."""
        groups, members = model.models("groups"), model.models("members")
        request = cls(
            None if groups is None else [_read_group(group) for group in groups],
            None if members is None else [_read_member(member) for member in members],
            model.boolean("overwriteExisting", required=True),
            model.boolean("largeImport"),
            model.boolean("inviteUsersAfterProvisioning", default=True),
        )
        model.check()
        return request

    @property
    def is_too_large(self) -> bool:
        """Whether the cloud takes it only as a large import."""
        live = sum(not member.deleted for member in self.members or ())
        return len(self.groups or ()) > 2000 or live > 2000


def _read_group(model: RequestModel) -> ImportedGroup:
    name = model.text("name", required=True, maximum=100)
    external_id = model.text("externalId", required=True, maximum=300, numbers=True)
    return ImportedGroup(external_id or "", name or "", model.texts("memberExternalIds"))


def _read_member(model: RequestModel) -> ImportedMember:
    email = model.text("email", maximum=256)
    external_id = model.text("externalId", required=True, maximum=300, numbers=True)
    deleted = model.boolean("deleted")
    if email is not None and not is_email(email):
        model.note("email", "The Email field is not a valid e-mail address.")
    if (email is None or not email.strip()) and not deleted:
        model.note("email", "Email is required for enabled members.")
    return ImportedMember(external_id or "", (email or "").lower(), deleted)
