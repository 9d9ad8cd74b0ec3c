# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the controller checks beyond single fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any

import jinja2
import jsonschema

from .errors import invalid
from .store import Object, Store

ENCRYPTED = "$encrypted$"
_TEXT = {"type": "string"}
_INPUTS = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "required": {"type": "array", "items": _TEXT},
        "fields": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "label"],
                "additionalProperties": False,
                "properties": {
                    "id": {"type": "string", "pattern": "^[a-zA-Z_]+[a-zA-Z0-9_]*$"},
                    "type": {"enum": ["string", "boolean"]},
                    "format": {"enum": ["ssh_private_key", "url"]},
                    "choices": {"type": "array", "minItems": 1, "items": _TEXT},
                    "label": _TEXT,
                    "help_text": _TEXT,
                    "default": {},
                    **{name: {"type": "boolean"} for name in ("multiline", "secret", "ask_at_runtime")},
                },
            },
        },
    },
}
_INJECTORS = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "file": {"type": "object", "additionalProperties": False, "patternProperties": {r"^template(\.\w+)?$": _TEXT}},
        "env": {"type": "object", "additionalProperties": False, "patternProperties": {"^[a-zA-Z_]\\w*$": _TEXT}},
        "extra_vars": {"type": "object"},
    },
}
_NOTIFICATIONS: dict[str, dict[str, Any]] = {
    # Fields of the type with their defaults; None where a value is required.
    "webhook": {
        "url": None,
        "http_method": "POST",
        "disable_ssl_verification": False,
        "username": "",
        "password": "",
        "headers": None,
    },
    "slack": {"token": None, "channels": None, "hex_color": ""},
    "email": {
        "host": None,
        "port": None,
        "username": None,
        "password": None,
        "use_tls": None,
        "use_ssl": None,
        "sender": None,
        "recipients": None,
        "timeout": 30,
    },
}
_SECRETS_OF_NOTIFICATIONS = ("password", "token")


class Rules:
    """The checks of one controller; ``playbooks`` are those in the repositories of its projects."""

    def __init__(self, store: Store, playbooks: Collection[str]) -> None:
        self._store = store
        self.playbooks = playbooks
        self._checks: dict[str, Callable[[Object], None]] = {
            "credential_types": self._credential_type,
            "credentials": self._credential,
            "projects": self._project,
            "job_templates": self._job_template,
            "schedules": self._schedule,
            "notification_templates": self._notification,
        }

    def check(self, path: str, item: Object) -> None:
        """Fail if an object cannot be so; fill in what the controller fills in."""
        self._checks.get(path, lambda _item: None)(item)

    def shown(self, path: str, item: Object) -> Object:
        """Return the fields of an object with its secrets hidden."""
        hidden = dict(item)
        if path == "credentials":
            hidden["inputs"] = _hide(item["inputs"] or {}, self._secret_inputs(item))
        if path == "notification_templates":
            hidden["notification_configuration"] = _hide(item["notification_configuration"], _SECRETS_OF_NOTIFICATIONS)
        return hidden

    def _secret_inputs(self, credential: Object) -> list[str]:
        inputs = self._store.get("credential_types", credential["credential_type"])["inputs"] or {}
        return [field["id"] for field in inputs.get("fields", []) if field.get("secret")]

    def _credential_type(self, item: Object) -> None:
        if item["kind"] not in ("cloud", "net"):
            raise invalid("kind", "must be 'cloud' or 'net'")
        for name, schema in (("inputs", _INPUTS), ("injectors", _INJECTORS)):
            for error in jsonschema.Draft4Validator(schema).iter_errors(item[name] or {}):
                raise invalid(name, f"Schema validation error in relative path {list(error.path)} ({error.message})")
        known = {field["id"]: "" for field in (item["inputs"] or {}).get("fields", [])}
        files = {name.partition(".")[2]: "" for name in (item["injectors"] or {}).get("file", {})}
        environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)
        templates = [str(text) for kind in (item["injectors"] or {}).values() for text in kind.values()]
        try:
            for template in templates:
                environment.from_string(template).render(**known, tower={"filename": files})
        except jinja2.UndefinedError as error:
            raise invalid("injectors", f"{template} uses an undefined field ({error})") from error

    def _credential(self, item: Object) -> None:
        kind = self._store.get("credential_types", item["credential_type"])["inputs"] or {}
        known = [field["id"] for field in kind.get("fields", [])]
        for name in item["inputs"] or {}:
            if name not in known:
                raise invalid("inputs", f"Additional properties are not allowed ('{name}' was unexpected)")

    def _project(self, item: Object) -> None:
        if item["scm_type"] == "git" and not item["scm_url"]:
            raise invalid("scm_url", "SCM URL is required.")
        item["scm_revision"] = "0" * 40

    def _job_template(self, item: Object) -> None:
        if item["playbook"] not in self.playbooks:
            raise invalid("playbook", "Playbook not found for project.")
        if item["inventory"] is None and not item["ask_inventory_on_launch"]:
            raise invalid("inventory", "You must either set a default value or ask to prompt on launch.")

    def _schedule(self, item: Object) -> None:
        rule = item["rrule"]
        if not re.match(r"DTSTART(:\d{8}T\d{6}Z|;TZID=[\w/+-]+:\d{8}T\d{6})\s", rule):
            raise invalid("rrule", "DTSTART required in rrule. Value should start with: DTSTART:YYYYMMDDTHHMMSSZ")
        if "RRULE:" not in rule:
            raise invalid("rrule", "RRULE required in rrule.")
        if "INTERVAL" not in rule:
            raise invalid("rrule", "INTERVAL required in rrule.")

    def _notification(self, item: Object) -> None:
        known = _NOTIFICATIONS.get(item["notification_type"])
        if known is None:
            raise invalid("notification_type", f'"{item["notification_type"]}" is not a valid choice here.')
        configuration = dict(item["notification_configuration"] or {})
        for name, default in known.items():
            if name not in configuration and default is None:
                raise invalid("__all__", f"Missing required fields for Notification Configuration: {name}.")
            configuration.setdefault(name, default)
        item["notification_configuration"] = configuration


def _hide(values: Object, secrets: Collection[str]) -> Object:
    return {name: ENCRYPTED if name in secrets and value else value for name, value in values.items()}
