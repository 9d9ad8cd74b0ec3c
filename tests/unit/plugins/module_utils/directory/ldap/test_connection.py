# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses, options and errors of connections, without a server."""

from __future__ import annotations

import builtins
import contextlib
import socketserver
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    ConfigurationError,
    DirectoryConnectionError,
    MissingLibraryError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap import domain_controllers
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.address import (
    ServerAddress,
    parse_address,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.connection import connect
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.domain_controllers import (
    ServiceRecord,
    find_domain_controllers,
    in_order,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.source import LdapProvider
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.tls import TlsOptions, build_context

from .conftest import MakeOptions


@pytest.mark.parametrize(
    ("url", "address", "text"),
    [
        ("ldaps://a.example.org", ServerAddress("ldaps", "a.example.org", 636), "ldaps://a.example.org:636"),
        ("LDAP://A.example.org:3890/", ServerAddress("ldap", "a.example.org", 3890), "ldap://a.example.org:3890"),
        ("ldaps://[::1]", ServerAddress("ldaps", "::1", 636), "ldaps://[::1]:636"),
        ("ldapi://%2Frun%2Fldapi", ServerAddress("ldapi", "/run/ldapi", 0), "ldapi:///run/ldapi"),
    ],
)
def test_reads_addresses(url: str, address: ServerAddress, text: str) -> None:
    assert parse_address(url) == address
    assert str(address) == text


@pytest.mark.parametrize(
    "url",
    [
        "a.example.org",
        "https://a.example.org",
        "ldap://",
        "ldap://a:99999",
        "ldap://user:secret@a.example.org",
        "ldaps://a.example.org/dc=x",
        "ldaps://a.example.org?mail",
        "ldapi://",
        "ldap://[::1",
    ],
)
def test_refuses_what_is_no_address(url: str) -> None:
    with pytest.raises(ConfigurationError):
        parse_address(url)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"servers": []}, "names no servers"),
        ({"servers": ["ldap://a"]}, "without encryption"),
        ({"servers": ["ldaps://a"], "start_tls": True}, "start_tls does not go with ldaps://a:636"),
        ({"bind_password": ""}, "bind_password that is not empty"),
        ({"bind_dn": ""}, "bind_dn and a bind_password"),
        ({"authentication": "external"}, "does not take a bind_password"),
        ({"authentication": "anonymous"}, "does not take a bind_password"),
        ({"page_size": -1}, "page_size is -1"),
        ({"read_timeout": 0}, "read_timeout is 0"),
        ({"user_filter": "mail=*"}, "user_filter is not valid at character 1"),
    ],
)
def test_refuses_unsafe_and_impossible_options(
    ldap_options: MakeOptions, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        LdapProvider("hr", ldap_options(**options))


def test_the_password_is_in_no_representation(ldap_options: MakeOptions) -> None:
    provider = LdapProvider("hr", ldap_options())
    assert "secret-of-reader" not in repr(provider._connection_options)


def test_a_name_that_dns_does_not_know(ldap_options: MakeOptions) -> None:
    with pytest.raises(DirectoryConnectionError, match=r"name of ldaps://nowhere\.invalid:636 cannot be resolved"):
        LdapProvider("hr", ldap_options(servers=["ldaps://nowhere.invalid"])).read()


@pytest.mark.parametrize("option", ["ca_file", "client_certificate"])
def test_missing_and_broken_files_are_errors(option: str, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text("nothing")
    for path in (broken, tmp_path / "missing.pem"):
        with pytest.raises(ConfigurationError, match=f"The {option} {path} cannot be used"):
            build_context(TlsOptions(**{option: str(path)}))


def test_servers_are_verified_by_default() -> None:
    context = build_context(TlsOptions())
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    unverified = build_context(TlsOptions(validate_certs=False))
    assert unverified.verify_mode == ssl.CERT_NONE


def without(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the import of a library fail."""
    real_import = builtins.__import__

    def importing(name: str, *arguments: Any, **named: Any) -> Any:
        if name.partition(".")[0] == library:
            raise ImportError(f"No module named {library!r}")
        return real_import(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", importing)


def test_says_that_ldap3_is_missing(ldap_options: MakeOptions, monkeypatch: pytest.MonkeyPatch) -> None:
    provider = LdapProvider("hr", ldap_options())
    without("ldap3", monkeypatch)
    with pytest.raises(MissingLibraryError, match="pip install 'ldap3'"):
        connect(provider._addresses[0], provider._connection_options)


def test_refuses_versions_of_ldap3_that_lose_values(ldap_options: MakeOptions, monkeypatch: pytest.MonkeyPatch) -> None:
    provider = LdapProvider("hr", ldap_options())
    monkeypatch.setattr("importlib.metadata.version", lambda name: "2.10.2")
    with pytest.raises(MissingLibraryError, match=r"ldap3>=2\.9\.1,<2\.10"):
        connect(provider._addresses[0], provider._connection_options)


def test_finds_domain_controllers_by_dns(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def query(name: str) -> list[ServiceRecord]:
        asked.append(name)
        return [ServiceRecord(10, 100, "dc2.example.org"), ServiceRecord(0, 100, "dc1.example.org")]

    monkeypatch.setattr(domain_controllers, "query_service_records", query)
    found = [
        find_domain_controllers("example.org", None, global_catalog=False),
        find_domain_controllers("example.org", "Berlin", global_catalog=False),
        find_domain_controllers("example.org", None, global_catalog=True),
    ]
    assert found == [["dc1.example.org", "dc2.example.org"]] * 3
    assert asked == [
        "_ldap._tcp.dc._msdcs.example.org",
        "_ldap._tcp.Berlin._sites.dc._msdcs.example.org",
        "_ldap._tcp.gc._msdcs.example.org",
    ]


def test_no_domain_controllers_in_dns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(domain_controllers, "query_service_records", lambda name: [])
    with pytest.raises(DirectoryConnectionError, match=r"no SRV records for _ldap\._tcp\.dc\._msdcs\.example\.org"):
        find_domain_controllers("example.org", None, global_catalog=False)


def test_says_that_dnspython_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    without("dns", monkeypatch)
    with pytest.raises(MissingLibraryError, match="name them in servers"):
        find_domain_controllers("example.org", None, global_catalog=False)


def test_load_is_shared_by_weight_within_a_priority() -> None:
    records = [ServiceRecord(1, 0, "last"), ServiceRecord(0, 60, "a"), ServiceRecord(0, 40, "b")]
    first = {in_order(records)[0].host for _unused in range(200)}
    assert first == {"a", "b"}
    assert all([record.host for record in in_order(records)][2] == "last" for _unused in range(20))


@contextlib.contextmanager
def name_server(answers: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Serve these SRV records on a loopback port, and make it the only name server there is."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data, endpoint = self.request
            question = dns.message.from_wire(data)
            response = dns.message.make_response(question)
            name = question.question[0].name
            records = answers.get(str(name))
            if records is None:
                response.set_rcode(dns.rcode.NXDOMAIN)
            elif records:
                response.answer.append(dns.rrset.from_text(name, 60, "IN", "SRV", *records))
            endpoint.sendto(response.to_wire(), self.client_address)

    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers = ["127.0.0.1"]
        resolver.port = server.server_address[1]
        resolver.lifetime = 1
        monkeypatch.setattr(dns.resolver, "default_resolver", resolver)
        yield
        server.shutdown()


def test_asks_dns_for_service_records(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {
        "_ldap._tcp.dc._msdcs.example.org.": ["10 100 389 dc2.example.org.", "0 100 389 dc1.example.org."],
        "_ldap._tcp.dc._msdcs.example.net.": [],
    }
    with name_server(answers, monkeypatch):
        found = find_domain_controllers("example.org", None, global_catalog=False)
        for domain in ("example.net", "example.com"):
            with pytest.raises(DirectoryConnectionError, match=f"no SRV records for .*{domain}"):
                find_domain_controllers(domain, None, global_catalog=False)
    assert found == ["dc1.example.org", "dc2.example.org"]
    with pytest.raises(DirectoryConnectionError, match="DNS did not answer"):
        find_domain_controllers("example.org", None, global_catalog=False)
