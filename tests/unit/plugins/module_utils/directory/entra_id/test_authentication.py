# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in: every credential, and what the operator reads when it is refused."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import jwt
import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    ConfigurationError,
    DirectoryAuthenticationError,
    DirectoryConnectionError,
    DirsyncError,
    MissingLibraryError,
)
from ansible_collections.dirsync.bitwarden.tests.emulators.common import Fault, Kind, When
from ansible_collections.dirsync.bitwarden.tests.emulators.graph import (
    DEFAULT_SECRET,
    FederatedCredential,
    GraphServer,
)
from ansible_collections.dirsync.bitwarden.tests.support.certificates import SelfSigned, self_signed
from ansible_collections.dirsync.bitwarden.tests.support.entra_id import entra_id_provider

TOKEN = When(path="/token$")


@pytest.fixture(scope="module")
def certificate() -> SelfSigned:
    return self_signed("dirsync")


def read(server: GraphServer, **options: Any) -> int:
    """Return how many users a provider with these options reads."""
    return len(entra_id_provider(server, **options).read().users)


def failure(server: GraphServer, **options: Any) -> str:
    """Return the message of a provider with these options that cannot read."""
    with pytest.raises(DirsyncError) as raised:
        read(server, **options)
    assert DEFAULT_SECRET not in str(raised.value)
    assert not server.recorder.requests(path="/v1.0/")
    return str(raised.value)


def test_secret(server: GraphServer) -> None:
    server.tenant.add_user("ann")
    assert read(server, client_secret=f"{DEFAULT_SECRET}\n") == 1
    assert [request.path for request in server.recorder.requests()][:1] == [f"/{server.tenant.id}/oauth2/v2.0/token"]


@pytest.mark.parametrize("encrypted", [False, True])
def test_certificate_with_its_key(
    server: GraphServer, certificate: SelfSigned, tmp_path: Path, encrypted: bool
) -> None:
    server.tenant.add_user("ann")
    server.application.certificates.append(certificate.certificate)
    key = certificate.encrypted_key if encrypted else certificate.key
    (tmp_path / "app.pem").write_text(f"Bag Attributes\n{certificate.certificate}\n{key}")
    passphrase = "passphrase" if encrypted else None
    options = {"certificate_file": str(tmp_path / "app.pem"), "private_key_passphrase": passphrase}
    assert read(server, client_secret=None, **options) == 1


def test_certificate_beside_its_key(server: GraphServer, certificate: SelfSigned, tmp_path: Path) -> None:
    server.tenant.add_user("ann")
    server.application.certificates.append(certificate.certificate)
    (tmp_path / "app.pem").write_text(certificate.certificate)
    (tmp_path / "app.key").write_text(certificate.key)
    files = {"certificate_file": str(tmp_path / "app.pem"), "private_key_file": str(tmp_path / "app.key")}
    assert read(server, client_secret=None, **files) == 1


def test_token_of_another_issuer_is_read_for_each_sign_in(
    server: GraphServer, certificate: SelfSigned, tmp_path: Path
) -> None:
    server.tenant.add_user("ann")
    server.application.federated.append(FederatedCredential("https://ci.example.org", "sync", certificate.public_key))
    file = tmp_path / "token"
    file.write_text("stale")
    provider = entra_id_provider(server, client_secret=None, federated_token_file=str(file))
    with pytest.raises(DirectoryAuthenticationError, match="AADSTS50027"):
        provider.read()
    claims = {"iss": "https://ci.example.org", "sub": "sync", "aud": "api://AzureADTokenExchange"}
    file.write_text(jwt.encode({**claims, "exp": time.time() + 60}, certificate.key, algorithm="RS256") + "\n")
    assert len(provider.read().users) == 1


@pytest.mark.parametrize("user_assigned", [False, True])
def test_managed_identity(server: GraphServer, monkeypatch: pytest.MonkeyPatch, user_assigned: bool) -> None:
    server.tenant.add_user("ann")
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{server.url}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", server.graph.identity.managed_identity_secret)
    client_id = server.application.client_id if user_assigned else None
    assert read(server, client_secret=None, client_id=client_id, managed_identity=True) == 1


def test_managed_identity_that_there_is_not(server: GraphServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://127.0.0.1:1")
    message = failure(server, client_secret=None, client_id=None, managed_identity=True)
    assert "the managed identity of this machine" in message
    assert "runs in Azure" in message


@pytest.mark.parametrize(
    ("options", "signal", "advice"),
    [
        ({"client_secret": "wrong"}, "AADSTS7000215", "not its Secret ID"),
        ({"client_id": "00000000-0000-4000-8000-000000000000"}, "AADSTS700016", "client_id, tenant_id and cloud"),
        ({"tenant_id": "nobody.example.org"}, "AADSTS90002", "no such tenant"),
        ({"graph_url": "https://graph.example.org"}, "AADSTS500011", "no such Graph"),
    ],
)
def test_refusals_are_explained(server: GraphServer, options: dict[str, str], signal: str, advice: str) -> None:
    message = failure(server, **options)
    assert signal in message
    assert "Trace ID" in message
    assert advice in message


@pytest.mark.parametrize(
    ("description", "advice"),
    [
        ("AADSTS7000222: expired.", "has expired"),
        ("AADSTS530034: blocked.", "Conditional Access"),
        ("AADSTS9999: something new.", "Check tenant_id, client_id"),
        (None, "Check tenant_id, client_id"),
    ],
)
def test_other_refusals_are_explained(server: GraphServer, description: str | None, advice: str) -> None:
    body = {"error": "invalid_client", "error_description": description}
    server.faults.add(Fault(Kind.STATUS, TOKEN, status=401, body=body))
    assert advice in failure(server)


def test_unregistered_certificate_is_explained(server: GraphServer, certificate: SelfSigned, tmp_path: Path) -> None:
    (tmp_path / "app.pem").write_text(certificate.certificate + certificate.key)
    message = failure(server, client_secret=None, certificate_file=str(tmp_path / "app.pem"))
    assert "AADSTS700027" in message
    assert "not registered" in message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "no certificate in PEM"),
        ("CERTIFICATE", "no private key in PEM"),
        ("KEY", "no certificate in PEM"),
        ("CERTIFICATE ENCRYPTED", "cannot be used"),
        ("CERTIFICATE DAMAGED", "cannot be used"),
        ("CERTIFICATE OTHER", "is not the RSA key of the certificate"),
    ],
)
def test_unusable_certificate_files_are_refused(
    server: GraphServer, certificate: SelfSigned, tmp_path: Path, content: str, message: str
) -> None:
    damaged = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0LWtleQ==\n-----END PRIVATE KEY-----\n"
    parts = {
        "CERTIFICATE": certificate.certificate,
        "KEY": certificate.key,
        "ENCRYPTED": certificate.encrypted_key,
        "DAMAGED": damaged,
        "OTHER": self_signed("other").key,
    }
    (tmp_path / "app.pem").write_text("".join(parts[part] for part in content.split()))
    text = failure(server, client_secret=None, certificate_file=str(tmp_path / "app.pem"))
    assert message in text
    assert "c2VjcmV0" not in text


def test_missing_library_is_told(server: GraphServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "msal", None)
    with pytest.raises(MissingLibraryError, match=r"msal is needed for sources of type entra_id"):
        entra_id_provider(server)


def test_missing_files_are_refused(server: GraphServer, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="nothing cannot be read: No such file"):
        read(server, client_secret=None, federated_token_file=str(tmp_path / "nothing"))
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match="binary cannot be read: it is not text"):
        read(server, client_secret=None, certificate_file=str(tmp_path / "binary"))


@pytest.mark.parametrize(
    ("permissions", "missing"),
    [
        ({"User.Read.All"}, "it lacks GroupMember.Read.All"),
        ({"Group.Read.All"}, "it lacks User.Read.All"),
        (set(), "it lacks User.Read.All and GroupMember.Read.All"),
    ],
)
def test_missing_permissions_are_named_before_anything_is_read(
    server: GraphServer, permissions: set[str], missing: str
) -> None:
    server.application.permissions = permissions
    assert missing in failure(server)


def test_units_need_a_permission_of_their_own(server: GraphServer) -> None:
    server.application.permissions = {"Directory.Read.All"}
    server.tenant.add_user("ann")
    assert read(server) == 1
    server.recorder.clear()
    server.application.permissions = {"User.Read.All", "Group.Read.All"}
    assert "AdministrativeUnit.Read.All" in failure(server, administrative_units=["aa"])


def test_directory_role_is_as_good_as_permissions(server: GraphServer) -> None:
    server.tenant.add_user("ann")
    server.application.permissions = set()
    server.application.directory_roles = {"88d8e3e3-8f55-4a1e-953a-9b9898b8876b"}
    assert read(server) == 1


def test_passing_fault_of_the_token_endpoint_is_survived(server: GraphServer) -> None:
    server.tenant.add_user("ann")
    server.faults.add(Fault(Kind.STATUS, TOKEN, status=503))
    server.faults.add(Fault(Kind.DROP, TOKEN))
    server.faults.add(Fault(Kind.DRIP, TOKEN, seconds=0.0))
    assert read(server) == 1


@pytest.mark.parametrize("kind", [Kind.INVALID_JSON, Kind.HTML, Kind.REDIRECT])
def test_unusable_answer_of_the_token_endpoint_is_told(
    server: GraphServer, kind: Kind, caplog: pytest.LogCaptureFixture
) -> None:
    server.faults.add(Fault(kind, TOKEN, times=None))
    with pytest.raises(DirectoryConnectionError, match="Signing in as"):
        read(server)
    assert not caplog.records


@pytest.mark.parametrize("body", ["null", "[null, 7]", "7", '{"access_token": "x", "expires_in": {}}'])
def test_what_is_no_token_is_told(server: GraphServer, body: str) -> None:
    server.faults.add(Fault(Kind.STATUS, TOKEN, times=None, status=200, body=body))
    with pytest.raises(DirectoryAuthenticationError, match="something that is no token"):
        read(server)


def test_untrusted_certificate_of_the_service_is_told(server: GraphServer) -> None:
    with pytest.raises(DirectoryConnectionError, match="ca_file"):
        read(server, ca_file=None)
