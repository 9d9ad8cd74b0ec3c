# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a file holds, it is read or refused in words, in bounded time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.file import file_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import DirsyncError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.registry import provider
from ansible_collections.dirsync.bitwarden.tests.chaos.catalogue import Tally, bounded, readable

CONTENTS = {
    "ldif": b"dn: uid=ann,dc=x\nobjectClass: inetOrgPerson\nuid: ann\nmail: ann@example.org\nentryUUID: 1\n\n"
    b"dn: cn=staff,dc=x\nobjectClass: groupOfNames\ncn: staff\nmember: uid=ann,dc=x\nentryUUID: 2\n",
    "csv": b"external_id,email,name\n1,ann@example.org,Ann\n2,bob@example.org,Bob\n",
    "json": b'{"users": [{"external_id": "1", "email": "ann@example.org"}],'
    b' "groups": [{"name": "a", "members": ["1"]}]}',
    "yml": b"users:\n  - external_id: 1\n    email: ann@example.org\ngroups:\n  - name: a\n    members: [1]\n",
}
LAUGHS = b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (letter, letter, b",".join([b"*%c" % (letter - 1)] * 9)) for letter in range(ord("b"), ord("z"))
)
BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda content: b"",
    "only white space": lambda content: b" \n" * 1000,
    "invalid UTF-8": lambda content: content.replace(b"ann", b"\xff\xfe"),
    "UTF-16": lambda content: content.decode().encode("utf-16"),
    "null octets": lambda content: content.replace(b"a", b"\0"),
    "compressed": lambda content: b"\x1f\x8b\x08" + content,
    "deep": lambda content: b"[" * 200_000,
    "deep mappings": lambda content: b'{"a":' * 100_000,
    "deep block": lambda content: b"\n".join(b" " * depth + b"- " for depth in range(3000)),
    "billion laughs": lambda content: LAUGHS,
    "number of 5000 digits": lambda content: content.replace(b"1", b"9" * 5000),
    "one line of a megabyte": lambda content: content + b"x" * (1 << 20),
    "a million quotes": lambda content: content + b'"' * (1 << 20),
    "a million colons": lambda content: content + b":" * (1 << 20),
    "every record twice": lambda content: content * 2,
    "object of Python": lambda content: b"users: !!python/object/apply:os.abort []\n",
}


def outcome(path: Path) -> str:
    validated = ArgumentSpecValidator(file_spec()).validate({"path": str(path)})
    assert validated.error_messages == []
    request = {"user_query": None, "group_query": None, "read_groups": True}
    with bounded(path.name):
        try:
            provider("file", "people", {**validated.validated_parameters, **request}).read()
        except DirsyncError as error:
            readable(error, [])
            return "refused"
    return "read"


@pytest.mark.parametrize("form", CONTENTS)
def test_a_broken_file_is_read_or_refused(form: str, tmp_path: Path, tally: Callable[[str, str], Tally]) -> None:
    path = tmp_path / f"people.{form}"
    for fault, spoil in BROKEN.items():
        path.write_bytes(spoil(CONTENTS[form]))
        tally(f"file, {form}", fault).add(outcome(path))


@pytest.mark.parametrize("form", CONTENTS)
def test_a_file_that_ends_too_early_is_read_or_refused(
    form: str, tmp_path: Path, whole: bool, tally: Callable[[str, str], Tally]
) -> None:
    path, cases = tmp_path / f"people.{form}", tally(f"file, {form}", "cut off")
    content = CONTENTS[form]
    for end in range(0, len(content), 1 if whole else 7):
        path.write_bytes(content[:end])
        cases.add(outcome(path))


@pytest.mark.parametrize("form", CONTENTS)
def test_a_damaged_octet_is_read_or_refused(
    form: str, tmp_path: Path, whole: bool, tally: Callable[[str, str], Tally]
) -> None:
    path, cases = tmp_path / f"people.{form}", tally(f"file, {form}", "damaged octet")
    content = CONTENTS[form]
    for position in range(0, len(content), 1 if whole else 7):
        for octet in (0, 10, 34, 255):
            path.write_bytes(content[:position] + bytes([octet]) + content[position + 1 :])
            cases.add(outcome(path))
