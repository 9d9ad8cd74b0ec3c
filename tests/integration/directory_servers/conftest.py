# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real directory servers, each with the same small company, and how to read them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.active_directory import (
    active_directory_spec,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.ldap import ldap_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.registry import Provider, provider
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Reading
from ansible_collections.dirsync.bitwarden.tests.servers import company
from ansible_collections.dirsync.bitwarden.tests.servers.ds389 import DirectoryServer389
from ansible_collections.dirsync.bitwarden.tests.servers.samba import SambaDomain
from ansible_collections.dirsync.bitwarden.tests.servers.slapd import Slapd

SPECIFICATIONS = {"ldap": ldap_spec, "active_directory": active_directory_spec}


@dataclass(frozen=True)
class Directory:
    """A running server as a source: ``options`` are enough to read the company over TLS."""

    source_type: str
    options: dict[str, Any]
    base_dn: str
    ldap_url: str
    change: Callable[[str], None]

    def provider(self, **changes: Any) -> Provider:
        """Return the provider for the options with these changes, checked and completed as in a module."""
        checked = ArgumentSpecValidator(SPECIFICATIONS[self.source_type]()).validate({**self.options, **changes})
        assert not checked.error_messages, checked.error_messages
        return provider(self.source_type, "company", checked.validated_parameters)

    def read(self, **changes: Any) -> Reading:
        """Return what reading with these changes of the options gives."""
        return self.provider(**changes).read()


@pytest.fixture(scope="session")
def slapd_directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Directory]:
    """Yield OpenLDAP."""
    if not Slapd.available():
        pytest.skip("slapd is not installed")
    with Slapd(tmp_path_factory.mktemp("slapd") / "server") as server:
        company.load_into_slapd(server)
        yield Directory(
            "ldap",
            _options(server.ldaps_url, server.reader_dn, server.reader_password, server.ca_file),
            f"ou=company,{server.base_dn}",
            server.ldap_url,
            server.change,
        )


@pytest.fixture(scope="session")
def samba_domain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SambaDomain]:
    """Yield a Samba domain with the company."""
    if not SambaDomain.available():
        pytest.skip("Samba's domain controller is not installed, or this is not root")
    with SambaDomain(tmp_path_factory.mktemp("samba") / "domain") as domain:
        company.load_into_samba(domain)
        yield domain


@pytest.fixture(scope="session")
def samba_directory(samba_domain: SambaDomain) -> Directory:
    """Return the Samba domain as a source."""
    return Directory(
        "active_directory",
        _options(samba_domain.ldaps_url, samba_domain.administrator, samba_domain.password, samba_domain.ca_file),
        f"ou=company,{samba_domain.base_dn}",
        samba_domain.ldap_url,
        samba_domain.change,
    )


@pytest.fixture(scope="session")
def ds389_directory() -> Iterator[Directory]:
    """Yield 389 Directory Server, in a folder that its own user can reach."""
    if not DirectoryServer389.available():
        pytest.skip("389 Directory Server is not installed, or this is not root")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        with DirectoryServer389(Path(folder) / "server") as server:
            company.load_into_389ds(server)
            yield Directory(
                "ldap",
                _options(server.ldaps_url, server.admin_dn, server.admin_password, server.ca_file),
                f"ou=company,{server.base_dn}",
                server.ldap_url,
                server.change,
            )


@pytest.fixture(params=["slapd_directory", "samba_directory", "ds389_directory"])
def directory(request: pytest.FixtureRequest) -> Directory:
    """Return each kind of server in turn."""
    result: Directory = request.getfixturevalue(request.param)
    return result


def _options(url: str, bind_dn: str, password: str, ca_file: str) -> dict[str, Any]:
    return {"servers": [url], "bind_dn": bind_dn, "bind_password": password, "ca_file": ca_file}
