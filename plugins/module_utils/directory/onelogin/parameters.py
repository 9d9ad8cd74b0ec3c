# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Query parameters by which OneLogin itself selects users and roles.

https://developers.onelogin.com/api-docs/2/users/list-users, https://developers.onelogin.com/api-docs/2/roles/list-roles.
OneLogin ignores a parameter that it does not know, and returns everybody; here it is an error.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import parse_qsl

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError

CUSTOM = "custom_attributes."
USER_PARAMETERS = (
    "email",
    "username",
    "firstname",
    "lastname",
    "samaccountname",
    "directory_id",
    "external_id",
    "user_ids",
    "app_id",
    *(f"{what}_{side}" for what in ("created", "updated", "last_login") for side in ("since", "until")),
)
ROLE_PARAMETERS = ("role_name", "app_id", "app_name")


def parameters(
    option: str, given: Mapping[str, object], query: str | None, known: Collection[str], custom: bool = False
) -> dict[str, str]:
    """Return the parameters of an option together with those of a query string.

    Raises ConfigurationError for a parameter that is not ``known`` (with ``custom``, custom attributes are), one
    without value, and one that both give with different values.
    """
    result = {name: str(value).strip() for name, value in given.items()}
    for name, value in parse_qsl(query or "", keep_blank_values=True):
        if result.setdefault(name, value.strip()) != value.strip():
            raise ConfigurationError(f"{option} and bwdc_filter give different values of the parameter {name}")
    if query and not parse_qsl(query):
        raise ConfigurationError(f"The query {query!r} of bwdc_filter has no parameter", hint="Write it as name=value")
    for name, value in result.items():
        if name not in known and not (custom and name.startswith(CUSTOM) and name != CUSTOM):
            hint = f"It knows {', '.join(known)}" + (f", and {CUSTOM}NAME" if custom else "")
            raise ConfigurationError(f"OneLogin does not know the parameter {name!r} and would ignore it", hint=hint)
        if not value:
            raise ConfigurationError(f"The parameter {name} of {option} has no value")
    return result
