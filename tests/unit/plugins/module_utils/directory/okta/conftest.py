# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Providers that read emulated orgs; waiting moves the clock of the org instead of taking time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.okta import okta_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.okta.source import OktaProvider
from ansible_collections.dirsync.bitwarden.tests.doubles.fake_time import FakeTime
from ansible_collections.dirsync.bitwarden.tests.emulators.okta import DEFAULT_CLIENT_ID, OktaServer
from ansible_collections.dirsync.bitwarden.tests.emulators.okta.fixture import (
    ServiceAppKey,
    StartOkta,
    okta_server,
    service_app_key,
)

__all__ = ["okta_server", "service_app_key"]

Provide = Callable[..., OktaProvider]


@pytest.fixture
def okta(okta_server: StartOkta, service_app_key: ServiceAppKey) -> OktaServer:
    """Return an org whose service app requires DPoP."""
    return okta_server(app=service_app_key.app())


@pytest.fixture
def as_service_app(service_app_key: ServiceAppKey) -> dict[str, Any]:
    """Return the options that sign in as the service app."""
    return {"client_id": DEFAULT_CLIENT_ID, "private_key": service_app_key.pem, "key_id": "emulated-key"}


@pytest.fixture
def provide(fake_time: FakeTime) -> Provide:
    """Return a function that makes a provider for an org; without credentials it uses the API token."""

    def make(server: OktaServer, *, query: dict[str, Any] | None = None, **options: Any) -> OktaProvider:
        def sleep(seconds: float) -> None:
            fake_time.sleep(seconds)
            server.clock.advance(seconds)

        credentials = {} if {"api_token", "client_id"} & options.keys() else {"api_token": server.api_token}
        given = {"org_url": server.url, "ca_file": server.ca_file, **credentials, **options}
        validated = ArgumentSpecValidator(okta_spec()).validate(given)
        assert not validated.error_messages
        return OktaProvider(
            "okta", {**validated.validated_parameters, **(query or {})}, clock=fake_time.clock, sleep=sleep
        )

    return make
