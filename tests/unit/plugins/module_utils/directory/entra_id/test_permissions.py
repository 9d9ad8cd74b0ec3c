# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an access token permits, told from its claims."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.permissions import permissions_of

KEY = "x" * 32


def token(**claims: Any) -> str:
    return jwt.encode(claims, KEY, algorithm="HS256")


def test_permissions_are_the_roles() -> None:
    permissions = permissions_of(token(roles=["User.Read.All"], wids=["0997a1d0-0d1d-4acb-b408-d5ca73121e90"]))
    assert not permissions.lacks("User.Read.All")
    assert permissions.lacks("GroupMember.Read.All")


def test_greater_permissions_include_lesser_ones() -> None:
    permissions = permissions_of(token(roles=["Directory.Read.All"]))
    assert not permissions.lacks("User.Read.All")
    assert not permissions.lacks("GroupMember.Read.All")
    assert permissions.lacks("Member.Read.Hidden")


def test_token_without_roles_permits_nothing() -> None:
    assert permissions_of(token()).lacks("User.Read.All")


@pytest.mark.parametrize(
    "value", ["opaque", "a.b.c", "a.W10.c", token(roles=7), token(wids=["88d8e3e3-8f55-4a1e-953a-9b9898b8876b"])]
)
def test_nothing_is_lacking_for_sure_where_the_token_does_not_tell_all(value: str) -> None:
    assert not permissions_of(value).lacks("User.Read.All")
