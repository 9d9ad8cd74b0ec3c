# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Google Workspace account on loopback and providers that read it, which never really wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.google_workspace import (
    google_workspace_spec,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.google_workspace.source import (
    GoogleWorkspaceProvider,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.client import HttpClient
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.pacing import Pacer
from ansible_collections.dirsync.bitwarden.tests.doubles.fake_time import FakeTime
from ansible_collections.dirsync.bitwarden.tests.emulators.common.certificates import LOOPBACK_NAMES
from ansible_collections.dirsync.bitwarden.tests.emulators.google import Account, GoogleServer

MakeProvider = Callable[..., GoogleWorkspaceProvider]
GOOGLE_VARIABLES = ("GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CLOUD_UNIVERSE_DOMAIN", "HTTPS_PROXY", "https_proxy")


def checked_options(**options: Any) -> dict[str, Any]:
    """Return the options as the module would hand them on; raises AssertionError for what the specification refuses."""
    result = ArgumentSpecValidator(google_workspace_spec()).validate(options)
    assert result.error_messages == []
    validated: dict[str, Any] = result.validated_parameters
    return validated


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in GOOGLE_VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def fake_time(monkeypatch: pytest.MonkeyPatch) -> FakeTime:
    """Let every pause between calls pass at once and return the clock that notes them."""
    fake_time = FakeTime()
    for clock_user in (HttpClient, Pacer):
        for name in ("clock", "sleep"):
            monkeypatch.setitem(clock_user.__init__.__kwdefaults__, name, getattr(fake_time, name))
    return fake_time


@pytest.fixture(scope="module")
def running() -> Iterator[GoogleServer]:
    """Yield one server for all tests of a file; behind a proxy it can pass for Google's own."""
    with GoogleServer(tls=True, tls_names=(*LOOPBACK_NAMES, "*.googleapis.com")) as server:
        yield server


@pytest.fixture
def server(running: GoogleServer) -> GoogleServer:
    """Return the server as if it had just been started."""
    running.google.reset()
    running.faults.clear()
    running.recorder.clear()
    return running


@pytest.fixture
def account(server: GoogleServer) -> Account:
    """Return the account to fill."""
    return server.account


@pytest.fixture
def make_provider(server: GoogleServer) -> MakeProvider:
    """Return a function that makes a provider with a key of the server's service account."""

    def make(*, read_groups: bool = True, **options: Any) -> GoogleWorkspaceProvider:
        options.setdefault("service_account_json", server.google.create_key())
        defaults = {"subject": "admin@example.org", "api_url": server.url, "ca_file": server.ca_file}
        queries = {name: options.pop(name, None) for name in ("user_query", "group_query")}
        validated = checked_options(**{**defaults, **options})
        return GoogleWorkspaceProvider("staff", {**validated, **queries, "read_groups": read_groups})

    return make
