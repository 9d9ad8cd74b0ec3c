# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs module code the way Ansible does, inside the test process."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from ansible.module_utils import basic
from ansible.module_utils.common import warnings

RunAsModule = Callable[..., dict[str, Any]]


@pytest.fixture
def run_as_module(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> RunAsModule:
    """Return a function that calls ``main`` with module arguments and returns the JSON that the module prints."""

    def run(main: Callable[[], None], arguments: Mapping[str, Any], **internal: object) -> dict[str, Any]:
        values = {**arguments, "_ansible_remote_tmp": "/tmp", "_ansible_keep_remote_files": False}
        values |= {f"_ansible_{name}": value for name, value in internal.items()}
        monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": values}).encode())
        monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
        # Ansible collects warnings per process, for it runs one module in each, and takes one that has imported a part
        # of the controller, as other tests do, for the controller itself.
        warnings._global_warnings.clear()
        if hasattr(warnings, "_internal"):
            monkeypatch.setattr(warnings._internal, "is_controller", False)
        with pytest.raises(SystemExit):
            main()
        result = json.loads(capsys.readouterr().out)
        assert isinstance(result, dict)
        return result

    return run
