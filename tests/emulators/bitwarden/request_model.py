# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads a request body as ASP.NET binds it: names without regard to case, errors under .NET property paths."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Collection
from typing import Any

from aiohttp import web

from .errors import InvalidModelError

_LAST_LABEL = re.compile(r"[^\W\d_]+")
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"[^\s()<>\[\]:;@\\,.\"]+(\.[^\s()<>\[\]:;@\\,.\"]+)*")


async def read_model(request: web.Request) -> RequestModel:
    """Return the JSON object in the body; raises :class:`InvalidModelError` when there is none."""
    content = await request.read()
    if not content.strip():
        raise InvalidModelError({"": ["Body is empty."]})
    try:
        value = json.loads(content)
    except ValueError:
        raise InvalidModelError({"$": ["The JSON value is not valid. Path: $ | LineNumber: 0."]}) from None
    if value is None:
        raise InvalidModelError({"": ["Body is empty."]})
    return RequestModel(value)


class RequestModel:
    """One object of a request.

    Methods named after a type return the property, or None when it is absent, and note what is wrong with it. A value
    of the wrong JSON type ends the reading at once, as deserialization does; everything else is collected until
    :meth:`check`. Unknown properties are ignored.
    """

    def __init__(
        self, value: Any, path: str = "", json_path: str = "$", errors: dict[str, list[str]] | None = None
    ) -> None:
        self.errors: dict[str, list[str]] = {} if errors is None else errors
        self._path = path
        self._json_path = json_path
        if not isinstance(value, dict):
            self._wrong_type(json_path)
        self._values = {name.lower(): item for name, item in value.items()}

    def has(self, name: str) -> bool:
        """Tell whether the property is present and not null."""
        return self._values.get(name.lower()) is not None

    def text(
        self, name: str, *, required: bool = False, maximum: int | None = None, numbers: bool = False
    ) -> str | None:
        """Return a string; ``numbers`` are taken as their decimal text where the model permits them."""
        value = self._values.get(name.lower())
        if numbers and isinstance(value, (int, float)) and not isinstance(value, bool):
            value = str(value)
        if value is not None and not isinstance(value, str):
            self._wrong_type(self._json(name))
        if required and (value is None or not value.strip()):
            self._required(name)
        if maximum is not None and value is not None and len(value) > maximum:
            self.note(name, f"The field {_net(name)} must be a string with a maximum length of {maximum}.")
        return value

    def boolean(self, name: str, *, required: bool = False, nullable: bool = False, default: bool = False) -> bool:
        """Return a boolean; the default when it is absent, or null where the model permits that."""
        value = self._values.get(name.lower())
        if value is None:
            if required:
                self._required(name)
            elif name.lower() in self._values and not nullable:
                self._wrong_type(self._json(name))
            return default
        if not isinstance(value, bool):
            self._wrong_type(self._json(name))
        return bool(value)

    def enumeration(self, name: str, allowed: Collection[int]) -> int:
        """Return a required number out of ``allowed``; -1 when it is noted as wrong."""
        value = self._values.get(name.lower())
        if value is None:
            self._required(name)
            return -1
        if not isinstance(value, int) or isinstance(value, bool):
            self._wrong_type(self._json(name))
        if value not in allowed:
            self.note(name, f"The field {_net(name)} is invalid.")
        return int(value)

    def integer(self, name: str) -> int | None:
        """Return a number."""
        value = self._values.get(name.lower())
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            self._wrong_type(self._json(name))
        return value

    def guid(self, name: str) -> str:
        """Return a required GUID in lower case; empty when it is noted as missing."""
        value = self._values.get(name.lower())
        if value is None:
            self._required(name)
            return ""
        return self._guid(value, self._json(name))

    def guids(self, name: str) -> list[str] | None:
        """Return an array of GUIDs in lower case."""
        values = self._array(name)
        if values is None:
            return None
        return [self._guid(value, f"{self._json(name)}[{number}]") for number, value in enumerate(values)]

    def texts(self, name: str) -> list[str] | None:
        """Return an array of strings; numbers are taken as their decimal text."""
        values = self._array(name)
        if values is None:
            return None
        for number, value in enumerate(values):
            if isinstance(value, bool) or not isinstance(value, (str, int, float)):
                self._wrong_type(f"{self._json(name)}[{number}]")
        return [str(value) for value in values]

    def models(self, name: str) -> list[RequestModel] | None:
        """Return an array of objects, which note their errors here."""
        values = self._array(name)
        if values is None:
            return None
        return [
            RequestModel(value, f"{self._path}{_net(name)}[{number}].", f"{self._json(name)}[{number}]", self.errors)
            for number, value in enumerate(values)
        ]

    def model(self, name: str) -> RequestModel | None:
        """Return an object, which notes its errors here."""
        value = self._values.get(name.lower())
        if value is None:
            return None
        return RequestModel(value, f"{self._path}{_net(name)}.", self._json(name), self.errors)

    def value(self, name: str) -> Any:
        """Return whatever JSON value the property has."""
        return self._values.get(name.lower())

    def note(self, name: str, text: str) -> None:
        """Note an error of a property; of the whole object when the name is empty."""
        key = self._path + _net(name) if name else self._path.rstrip(".")
        self.errors.setdefault(key, []).append(text)

    def check(self) -> None:
        """Raise :class:`InvalidModelError` when anything was noted."""
        if self.errors:
            raise InvalidModelError(self.errors)

    def _array(self, name: str) -> list[Any] | None:
        value = self._values.get(name.lower())
        if value is not None and not isinstance(value, list):
            self._wrong_type(self._json(name))
        return value

    def _guid(self, value: Any, json_path: str) -> str:
        text = value if isinstance(value, str) else ""
        if not is_guid(text):
            self._wrong_type(json_path)
        return text.lower()

    def _required(self, name: str) -> None:
        self.note(name, f"The {_net(name)} field is required.")

    def _json(self, name: str) -> str:
        return f"{self._json_path}.{name}"

    @staticmethod
    def _wrong_type(json_path: str) -> None:
        text = f"The JSON value could not be converted. Path: {json_path} | LineNumber: 0."
        raise InvalidModelError({json_path: [text]})


def is_guid(text: str) -> bool:
    """Tell whether the text is a GUID with hyphens."""
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def is_email(text: str) -> bool:
    """Tell whether .NET's EmailAddressAttribute accepts the text: one ``@``, neither first nor last."""
    return text.count("@") == 1 and not text.startswith("@") and not text.endswith("@")


def is_strict_email(text: str | None) -> bool:
    """Tell whether Bitwarden's StrictEmailAddressAttribute accepts the text (reference: strict e-mail)."""
    if text is None or not is_email(text):
        return False
    local, domain = text.split("@")
    return bool(
        _LOCAL_PART.fullmatch(local)
        and _DOMAIN.fullmatch(domain)
        and "." in domain
        and _LAST_LABEL.fullmatch(domain.rsplit(".", 1)[1])
    )


def _net(name: str) -> str:
    return name[:1].upper() + name[1:]
