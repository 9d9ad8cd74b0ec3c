# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON and YAML: lists of users and groups, for directories that are kept in a repository or made by a script. ::

    users:
      - {external_id: "1001", email: ann@example.org, name: Ann, status: active}
    groups:
      - {external_id: staff, name: Staff, members: ["1001"], groups: []}

YAML is read without tags, anchors and aliases, so that a file can neither call anything nor multiply itself, and
without guessing types, so that the key 0123 stays what it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.dependencies import missing_library
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.file.records import GroupRecord, Records

_USER_KEYS = ("external_id", "email", "name", "status")
_GROUP_KEYS = ("external_id", "name", "members", "groups")
_NULLS = ("", "~", "null", "Null", "NULL")
_DEEPEST = 10


class Mapping(dict[str, Any]):
    """A mapping of a YAML file that knows its line."""

    line: int = 0


def parse_json(text: str, path: str) -> Any:
    """Return the document; raises ConfigurationError with the line where it is no JSON, or where a key is repeated."""
    try:
        return json.loads(text, object_pairs_hook=_unique_keys)
    except json.JSONDecodeError as error:
        raise _error(path, error.lineno, f"this is not JSON: {error.msg}") from error
    except RecursionError as error:
        raise ConfigurationError(f"{path} is nested too deeply") from error
    except ValueError as error:  # a number of thousands of digits
        raise ConfigurationError(f"{path} holds something that cannot be read: {error}") from error
    except _RepeatedKeyError as error:
        raise ConfigurationError(f"{path}: {error}") from error


def parse_yaml(text: str, path: str) -> Any:
    """Return the document, with every scalar as the text that is written, None where it is empty or null.

    Raises ConfigurationError with the line where it is no YAML or uses what is refused, and MissingLibraryError
    without PyYAML.
    """
    try:
        import yaml
    except ImportError as error:
        raise missing_library("PyYAML", "for sources of type file in YAML", error) from error

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _YamlDocument(yaml, yaml.parse(text, Loader=loader), path).value()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _error(path, mark.line + 1 if mark else 1, f"this is not YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{path} cannot be read as YAML: {error}") from error


def add_records(records: Records, document: Any, path: str) -> None:
    """Add the users and groups of a document; raises ConfigurationError naming whatever is not as described above."""
    if not isinstance(document, dict) or not isinstance(document.get("users"), list):
        raise ConfigurationError(f"{path} has no list called users", hint="See the example in the documentation")
    _check_keys(document, ("users", "groups"), path)
    for where, user in _entries(document["users"], "users", path):
        _check_keys(user, _USER_KEYS, where)
        records.add_user(where, {key: _text(user, key, where) for key in _USER_KEYS})
    for where, group in _entries(document.get("groups") or [], "groups", path):
        _check_keys(group, _GROUP_KEYS, where)
        name = _text(group, "name", where).strip()
        if not name:
            raise ConfigurationError(f"{where}: the group has no name")
        external_id = _text(group, "external_id", where).strip() or name
        members, nested = _texts(group, "members", where), _texts(group, "groups", where)
        records.groups.append(GroupRecord(external_id, name, members, nested))


class _RepeatedKeyError(Exception):
    """A JSON object with the same key twice."""


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        keys = [key for key, _unused in pairs]
        raise _RepeatedKeyError(f"the key {next(key for key in keys if keys.count(key) > 1)} occurs twice in an object")
    return values


class _YamlDocument:
    """Builds values from the events of PyYAML's parser."""

    def __init__(self, yaml: Any, events: Iterator[Any], path: str) -> None:
        self._yaml = yaml
        self._events = events
        self._path = path

    def value(self) -> Any:
        """Return the value of the only document, None where there is none."""
        document = None
        starts = (event for event in self._events if isinstance(event, self._yaml.DocumentStartEvent))
        for number, start in enumerate(starts):
            if number:
                raise self._refusal(start, "there is a second document")
            document = self._node(next(self._events), 0)
        return document

    def _node(self, event: Any, depth: int) -> Any:
        yaml = self._yaml
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            raise self._refusal(event, "anchors and aliases are not read")
        if event.tag:
            raise self._refusal(event, f"the tag {event.tag} is not read")
        if depth == _DEEPEST:
            raise self._refusal(event, "the file is nested too deeply")
        if isinstance(event, yaml.ScalarEvent):
            return None if event.implicit[0] and event.value in _NULLS else event.value
        if isinstance(event, yaml.SequenceStartEvent):
            return [self._node(item, depth + 1) for item in self._until(yaml.SequenceEndEvent)]
        mapping = Mapping()
        mapping.line = event.start_mark.line + 1
        for key_event in self._until(yaml.MappingEndEvent):
            key = self._node(key_event, depth + 1)
            if not isinstance(key, str) or key in mapping:
                raise self._refusal(key_event, f"the key {key!r} is no text or is given twice")
            mapping[key] = self._node(next(self._events), depth + 1)
        return mapping

    def _until(self, end: type) -> Iterator[Any]:
        """Yield the events that begin the nodes before the event ``end``."""
        for event in self._events:
            if isinstance(event, end):
                return
            yield event

    def _refusal(self, event: Any, reason: str) -> ConfigurationError:
        return _error(self._path, event.start_mark.line + 1, reason)


def _entries(entries: Any, name: str, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the mappings of a list with where they are."""
    if not isinstance(entries, list):
        raise ConfigurationError(f"{path}: {name} is not a list")
    for number, entry in enumerate(entries):
        where = f"{path}, line {entry.line}" if isinstance(entry, Mapping) else f"{path}: {name}[{number}]"
        if not isinstance(entry, dict):
            raise ConfigurationError(f"{where} is not a mapping")
        yield where, entry


def _check_keys(entry: dict[str, Any], known: Iterable[str], where: str) -> None:
    unknown = sorted(set(entry) - set(known))
    if unknown:
        raise ConfigurationError(f"{where}: the key {unknown[0]} is none of: {', '.join(known)}")


def _text(entry: dict[str, Any], key: str, where: str) -> str:
    """Return a value as text, empty where there is none; whole numbers are as good as their digits."""
    value = entry.get(key)
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise ConfigurationError(f"{where}: {key} is not a text")


def _texts(entry: dict[str, Any], key: str, where: str) -> list[str]:
    values = entry.get(key)
    if values is None:
        return []
    if not isinstance(values, list):
        raise ConfigurationError(f"{where}: {key} is not a list")
    return [_text({key: value}, key, where) for value in values]


def _error(path: str, line: int, reason: str) -> ConfigurationError:
    return ConfigurationError(f"{path}, line {line}: {reason}")
