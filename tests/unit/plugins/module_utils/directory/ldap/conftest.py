# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options as a module checks and completes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.active_directory import (
    active_directory_spec,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.ldap import ldap_spec

MakeOptions = Callable[..., dict[str, Any]]


def _options(specification: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    checked = ArgumentSpecValidator(specification).validate(options)
    assert not checked.error_messages, checked.error_messages
    result: dict[str, Any] = checked.validated_parameters
    return result


@pytest.fixture
def ldap_options() -> MakeOptions:
    """Return a function that makes options of an ldap source; without more, those of an account over TLS."""
    defaults = {"servers": ["ldaps://ldap.example.org"], "bind_dn": "cn=reader", "bind_password": "secret-of-reader"}
    return lambda **options: _options(ldap_spec(), {**defaults, **options})


@pytest.fixture
def active_directory_options() -> MakeOptions:
    """Return a function that makes options of an active_directory source."""
    defaults = {"bind_dn": "reader@corp.example.org", "bind_password": "secret-of-reader"}
    return lambda **options: _options(active_directory_spec(), {**defaults, **options})
