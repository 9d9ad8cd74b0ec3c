# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is active, from the attributes of servers other than Active Directory."""

from __future__ import annotations

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.presets import PRESETS
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.status import AttributeStatus


def status(kind: str, value: bytes | None) -> tuple[str, str]:
    preset = PRESETS[kind]  # type: ignore[index]
    rule = AttributeStatus(preset.disabled_when, preset.lock_attribute)
    return rule.status([[value] if value else None for _unused in rule.attributes])


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("openldap", None, ("active", "")),
        ("openldap", b"000001010000Z", ("disabled", "pwdAccountLockedTime: 000001010000Z")),
        (
            "openldap",
            b"20260301120000Z",
            ("active", "locked for now: pwdAccountLockedTime: 20260301120000Z"),
        ),
        ("389ds", b"TRUE", ("disabled", "nsAccountLock: TRUE")),
        ("389ds", b"true", ("disabled", "nsAccountLock: true")),
        ("389ds", b"FALSE", ("active", "")),
        ("freeipa", b"TRUE", ("disabled", "nsAccountLock: TRUE")),
        ("generic", None, ("active", "")),
    ],
)
def test_presets(kind: str, value: bytes | None, expected: tuple[str, str]) -> None:
    assert status(kind, value) == expected


def test_any_of_several_values_of_several_attributes() -> None:
    rule = AttributeStatus({"employeeType": ["Left", "retired"], "loginShell": ["*"]})
    assert rule.attributes == ("employeeType", "loginShell")
    assert rule.status([[b"staff", b"LEFT"], None]) == ("disabled", "employeeType: LEFT")
    assert rule.status([[b"staff"], [b"/bin/false"]]) == ("disabled", "loginShell: /bin/false")
    assert rule.status([[b"staff"], None]) == ("active", "")
