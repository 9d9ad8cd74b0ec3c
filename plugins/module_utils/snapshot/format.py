# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The snapshot format: JSON with a header first and then one user or group per line, so that two files can be diffed.

docs/snapshot.schema.json describes it. A record line has its keys sorted and no blanks; the digest is the SHA-256 of
these lines alone, so that two reads of an unchanged directory have the same digest whenever they were made.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from json.encoder import encode_basestring as quoted
from typing import Any, get_args

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import SnapshotError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.version import PRODUCT, VERSION
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import (
    Group,
    RecordWarning,
    Snapshot,
    SourceSummary,
    User,
    UserStatus,
)

FORMAT = f"{PRODUCT}/snapshot"
FORMAT_VERSION = 1

_STATUSES = frozenset(get_args(UserStatus))


def digest(snapshot: Snapshot) -> str:
    """Return ``sha256:`` and the hexadecimal digest of the users and groups; the header has no part in it."""
    return _digest(_user_lines(snapshot.users), _group_lines(snapshot.groups))


def encode(snapshot: Snapshot) -> tuple[str, Iterator[bytes]]:
    """Return the digest of the snapshot, and its file as pieces of UTF-8."""
    users = _user_lines(snapshot.users)
    groups = _group_lines(snapshot.groups)
    value = _digest(users, groups)
    return value, _file(snapshot, value, users, groups)


def decode(lines: Iterable[bytes]) -> Snapshot:
    """Return the snapshot that the lines of a file hold.

    Raises SnapshotError for an unknown format or version, a truncated or altered file, and anything that
    :func:`encode` does not write.
    """
    numbered = enumerate(lines, 1)
    header = _decode_header(numbered)
    hasher = hashlib.sha256(b"users\n")
    users = tuple(_decode_users(_records(numbered, b"],\n", hasher)))
    if next(numbered, (0, b""))[1] != b'"groups": [\n':
        raise SnapshotError("the file is truncated: it has no groups")
    hasher.update(b"groups\n")
    groups = tuple(_decode_groups(_records(numbered, b"]\n", hasher), users))
    if [line for _unused, line in numbered] != [b"}\n"]:
        raise SnapshotError("the file does not end where its groups end")
    if header.get("digest") != f"sha256:{hasher.hexdigest()}":
        raise SnapshotError("the digest does not fit the records: the file was altered or damaged")
    try:
        return Snapshot(
            users=users,
            groups=groups,
            sources=tuple(SourceSummary(**source) for source in header["sources"]),
            warnings=tuple(RecordWarning(**warning) for warning in header["warnings"]),
            created=str(header["created"]),
        )
    except (KeyError, TypeError) as error:
        raise SnapshotError(f"the header is not as it should be: {error}") from error


def _digest(users: Iterable[bytes], groups: Iterable[bytes]) -> str:
    hasher = hashlib.sha256(b"users\n")
    for line in users:
        hasher.update(line)
    hasher.update(b"groups\n")
    for line in groups:
        hasher.update(line)
    return f"sha256:{hasher.hexdigest()}"


def _file(snapshot: Snapshot, value: str, users: Sequence[bytes], groups: Sequence[bytes]) -> Iterator[bytes]:
    """Yield the whole file in pieces."""
    header = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "created": snapshot.created,
        "generator": f"{PRODUCT} {VERSION}",
        "digest": value,
        "counts": snapshot.counts(),
    }
    yield b"{\n"
    for key, content in header.items():
        yield _bytes(f"{quoted(key)}: {_json(content)},\n")
    yield from _list("sources", [_bytes(_json(asdict(source))) for source in snapshot.sources])
    yield b",\n"
    yield from _list("warnings", [_bytes(_json(asdict(warning))) for warning in snapshot.warnings])
    yield b",\n"
    yield from _list("users", users)
    yield b",\n"
    yield from _list("groups", groups)
    yield b"\n}\n"


def _list(name: str, lines: Sequence[bytes]) -> Iterator[bytes]:
    """Yield a JSON list with one line for each element and without a line break at its end."""
    yield f'"{name}": [\n'.encode()
    last = len(lines) - 1
    for number, line in enumerate(lines):
        yield line if number == last else line + b","
        yield b"\n"
    yield b"]"


def _user_lines(users: Iterable[User]) -> list[bytes]:
    return [
        _bytes(
            f'{{"email":{_quoted_or_null(user.email)},"external_id":{quoted(user.external_id)},'
            f'"name":{_quoted_or_null(user.name)},"source":{quoted(user.source)},"status":"{user.status}",'
            f'"status_reason":{quoted(user.status_reason)}}}'
        )
        for user in users
    ]


def _group_lines(groups: Iterable[Group]) -> list[bytes]:
    return [
        _bytes(
            f'{{"external_id":{quoted(group.external_id)},"members":[{",".join(map(quoted, group.members))}],'
            f'"name":{quoted(group.name)},"source":{quoted(group.source)}}}'
        )
        for group in groups
    ]


def _quoted_or_null(text: str | None) -> str:
    return "null" if text is None else quoted(text)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _bytes(text: str) -> bytes:
    """Return UTF-8; a lone surrogate, which has none, becomes its JSON escape ``\\udXXX``."""
    return text.encode("utf-8", "backslashreplace")


def _decode_header(numbered: Iterator[tuple[int, bytes]]) -> dict[str, Any]:
    """Return everything before the users, and leave ``numbered`` at the first user."""
    lines = [next(numbered, (0, b""))[1] for _unused in range(3)]
    try:
        start = json.loads(b"".join(lines).rstrip(b",\n") + b"}")
    except (ValueError, RecursionError):
        start = None
    if not isinstance(start, dict) or start.get("format") != FORMAT:
        raise SnapshotError("it is not a snapshot")
    if start.get("version") != FORMAT_VERSION:
        raise SnapshotError(f"it has version {start.get('version')} of the format, known is {FORMAT_VERSION}")
    for _unused, line in numbered:
        if line == b'"users": [\n':
            break
        lines.append(line)
    else:
        raise SnapshotError("the file is truncated: it ends within its header")
    try:
        return dict(json.loads(b"".join(lines).rstrip(b",\n") + b"}"))
    except (ValueError, RecursionError) as error:
        raise SnapshotError(f"the header is not JSON: {error}") from error


def _records(numbered: Iterator[tuple[int, bytes]], end: bytes, hasher: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the records of a list up to its ``end`` and feed their lines to ``hasher``."""
    number = 0
    loads = json.JSONDecoder().decode
    for number, line in numbered:
        if line == end:
            return
        record = line.rstrip(b"\n").removesuffix(b",")
        hasher.update(record)
        try:
            yield loads(record.decode())
        except (ValueError, RecursionError, TypeError, KeyError) as error:
            raise SnapshotError(f"line {number} is not a record of a snapshot: {error}") from error
    raise SnapshotError(f"the file is truncated: it ends at line {number}")


def _decode_users(records: Iterable[Any]) -> Iterator[User]:
    """Yield the users; raises SnapshotError for a record that is none or that is out of order."""
    previous = None
    for record in records:
        try:
            user = User(**record)
            ordered = previous is None or user.external_id > previous
            sound = (
                isinstance(user.email, str | None)
                and isinstance(user.name, str | None)
                and user.status in _STATUSES
                and isinstance(user.source, str)
                and isinstance(user.status_reason, str)
            )
        except TypeError as error:
            raise SnapshotError(f"a user is not as it should be: {error}") from error
        if not ordered or not sound:
            raise SnapshotError(f"the user {user.external_id} is out of order or has a value of a wrong type")
        previous = user.external_id
        yield user


def _decode_groups(records: Iterable[Any], users: Iterable[User]) -> Iterator[Group]:
    """Yield the groups, whose members share their texts with the ids of the users; raises SnapshotError as above."""
    known = {user.external_id: user.external_id for user in users}
    previous = None
    for record in records:
        try:
            group = Group(**record)
            members = tuple([known[member] for member in group.members])
            ordered = previous is None or group.external_id > previous
        except (TypeError, KeyError) as error:
            raise SnapshotError(f"a group is not as it should be, or has an unknown member: {error}") from error
        if not ordered or not isinstance(group.name, str) or not isinstance(group.source, str):
            raise SnapshotError(f"the group {group.external_id} is out of order or has a value of a wrong type")
        previous = group.external_id
        yield Group(group.external_id, group.name, group.source, members)
