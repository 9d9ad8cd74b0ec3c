# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The frame that every module of this collection runs in: from arguments to one result or one readable failure."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    ConfigurationError,
    DirsyncError,
    GuardError,
    MissingLibraryError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.wording import visible

LONGEST_TEXT = 10_000


def run_module(function: Callable[[AnsibleModule], Mapping[str, Any]], **specification: Any) -> None:
    """Run ``function`` as an Ansible module and end the process with what it returns.

    ``specification`` are the arguments of AnsibleModule. ``warnings`` of the result, a list of texts, become warnings
    of the task. Texts become one visible line each: they quote names and servers, and Ansible shows warnings as they
    are, on terminals and in logs. Each DirsyncError fails the task with its message; the trips of a GuardError are
    returned as ``guard``. Any other exception is a fault of ours: its traceback goes through fail_json too, since only
    that removes secrets from it.
    """
    try:
        module = _Module(**specification)
    except ConfigurationError as error:
        sys.stdout.write(json.dumps(failure(error)) + "\n")
        raise SystemExit(1) from error
    try:
        result = dict(function(module))
    except DirsyncError as error:
        result = failure(error)
    except Exception as error:  # noqa: BLE001 - see above
        result = {
            "failed": True,
            "msg": f"Unexpected error, please report it: {type(error).__name__}: {error}",
            "exception": traceback.format_exc(),
        }
    for warning in result.pop("warnings", ()):
        module.warn(visible(warning, LONGEST_TEXT))
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)


class _Module(AnsibleModule):  # type: ignore[misc]
    """An AnsibleModule that says what is wrong where it would end in a TypeError of its own.

    That happens where an option with suboptions is given as a number or a list. A text is left to Ansible, which takes
    JSON and ``key=value``.
    """

    def _load_params(self) -> None:
        super()._load_params()
        require_mappings(self.argument_spec, self.params)


def require_mappings(specification: Mapping[str, Any], values: Mapping[str, Any], within: str = "") -> None:
    """Raise ConfigurationError for the first option with suboptions that is given as anything else."""
    for name, option in specification.items():
        suboptions, value = option.get("options"), values.get(name)
        if suboptions is None or value is None:
            continue
        for entry in value if isinstance(value, list) and option["type"] == "list" else [value]:
            if isinstance(entry, Mapping):
                require_mappings(suboptions, entry, f"{within}{name}.")
            elif not isinstance(entry, str):
                raise ConfigurationError(
                    f"The option {within}{name} takes a mapping, but it was given as {type(entry).__name__}",
                    hint=f"Give it as a mapping with any of {', '.join(suboptions)}",
                )


def failure(error: DirsyncError) -> dict[str, Any]:
    """Return the result of a module that ends with an expected error."""
    message = visible(error, LONGEST_TEXT)
    if isinstance(error, MissingLibraryError):
        advice = missing_required_lib(error.library, reason=error.reason)
        message = f"{error.detail}. ".lstrip(". ") + str(advice)
    guard = {"guard": list(error.trips)} if isinstance(error, GuardError) else {}
    return {**guard, **error.result, "failed": True, "msg": message}
