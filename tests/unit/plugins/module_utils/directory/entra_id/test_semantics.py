# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which address becomes the e-mail of a user."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.records import TenantRecords
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.entra_id.semantics import reading_of
from ansible_collections.dirsync.bitwarden.tests.support.entra_id import settings


def email(mail: str | None, name: str | None, **options: Any) -> str | None:
    record = {"id": "1", "mail": mail, "userPrincipalName": name, "accountEnabled": True}
    return reading_of(TenantRecords(users={"1": record}), settings(**options), "entra", {}).users[0].email


@pytest.mark.parametrize(
    ("mail", "name", "expected"),
    [
        ("Ann@Example.org", "a.lee@example.org", "ann@example.org"),
        (None, "a.lee@example.org", "a.lee@example.org"),
        ("", "a.lee@example.org", "a.lee@example.org"),
        ("ann@example.onmicrosoft.com", "a.lee@example.org", "a.lee@example.org"),
        ("ann@example.org", "a.lee@example.onmicrosoft.com", "ann@example.org"),
        ("ann@example.onmicrosoft.com", "a.lee@example.onmicrosoft.com", "a.lee@example.onmicrosoft.com"),
        ("ann@example.mail.OnMicrosoft.com", "a.lee@example.org", "a.lee@example.org"),
        ("ann@example.com", "ann_example.com#EXT#@example.onmicrosoft.com", "ann@example.com"),
        ("ann@other.onmicrosoft.com", "ann_other#EXT#@example.onmicrosoft.com", "ann@other.onmicrosoft.com"),
        (None, "ann_example.com#EXT#@example.onmicrosoft.com", None),
        (None, None, None),
    ],
)
def test_mail_comes_before_user_principal_name(mail: str | None, name: str | None, expected: str | None) -> None:
    assert email(mail, name) == expected


def test_order_and_choice_of_attributes() -> None:
    assert email("ann@example.org", "a@example.org", email_attributes=["userPrincipalName", "mail"]) == "a@example.org"
    assert email(None, "a@example.org", email_attributes=["mail"]) is None
