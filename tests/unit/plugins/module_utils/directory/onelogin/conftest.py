# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Providers that read emulated accounts; waiting moves the clock of the account instead of taking time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.onelogin import onelogin_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.onelogin.source import OneLoginProvider
from ansible_collections.dirsync.bitwarden.tests.doubles.fake_time import FakeTime
from ansible_collections.dirsync.bitwarden.tests.emulators.onelogin import OneLoginServer
from ansible_collections.dirsync.bitwarden.tests.emulators.onelogin.fixture import StartOneLogin, onelogin_server

__all__ = ["onelogin_server"]

Provide = Callable[..., OneLoginProvider]


@pytest.fixture
def onelogin(onelogin_server: StartOneLogin) -> OneLoginServer:
    """Return an account."""
    return onelogin_server()


@pytest.fixture
def provide(fake_time: FakeTime) -> Provide:
    """Return a function that makes a provider for an account."""

    def make(server: OneLoginServer, *, query: dict[str, Any] | None = None, **options: Any) -> OneLoginProvider:
        def sleep(seconds: float) -> None:
            fake_time.sleep(seconds)
            server.clock.advance(seconds)

        credential = {"client_id": server.client_id, "client_secret": server.client_secret}
        host = {} if "region" in options else {"host": server.url}
        given = {**host, "ca_file": server.ca_file, **credential, **options}
        validated = ArgumentSpecValidator(onelogin_spec()).validate(given)
        assert not validated.error_messages
        return OneLoginProvider(
            "onelogin", {**validated.validated_parameters, **(query or {})}, clock=fake_time.clock, sleep=sleep
        )

    return make
