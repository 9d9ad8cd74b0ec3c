# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The token endpoint and the tokens, as Microsoft's own library and a plain client see them."""

from __future__ import annotations

import time
from typing import Any

import jwt
import msal
import pytest
import requests
from ansible_collections.dirsync.bitwarden.tests.contract.graph.client import GraphApi, assert_conforms
from ansible_collections.dirsync.bitwarden.tests.emulators.graph import (
    DEFAULT_SECRET,
    FederatedCredential,
    GraphServer,
)
from ansible_collections.dirsync.bitwarden.tests.support.certificates import SelfSigned, self_signed


def acquire(server: GraphServer, credential: Any) -> dict[str, Any]:
    """Sign in with msal, which discovers the token endpoint by itself."""
    application = msal.ConfidentialClientApplication(
        server.application.client_id,
        client_credential=credential,
        authority=f"{server.url}/{server.tenant.domain}",
        instance_discovery=False,
        verify=server.ca_file,
    )
    return dict(application.acquire_token_for_client([f"{server.url}/.default"]))


@pytest.fixture(autouse=True)
def _no_bundle_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def certificate() -> SelfSigned:
    return self_signed("dirsync")


def test_msal_signs_in_with_a_secret(server: GraphServer) -> None:
    answer = acquire(server, DEFAULT_SECRET)
    claims = jwt.decode(answer["access_token"], options={"verify_signature": False})
    assert claims["aud"] == server.url
    assert claims["tid"] == server.tenant.id
    assert claims["appid"] == server.application.client_id
    assert "User.Read.All" in claims["roles"]


def test_msal_signs_in_with_a_certificate(server: GraphServer, certificate: SelfSigned) -> None:
    server.application.certificates.append(certificate.certificate)
    credential = {"private_key": certificate.key, "public_certificate": certificate.certificate}
    assert "access_token" in acquire(server, credential)


def test_certificate_that_is_not_registered_is_refused(server: GraphServer, certificate: SelfSigned) -> None:
    credential = {"private_key": certificate.key, "public_certificate": certificate.certificate}
    assert acquire(server, credential)["error_codes"] == [700027]


def test_assertion_signed_with_another_key_is_refused(server: GraphServer, certificate: SelfSigned) -> None:
    server.application.certificates.append(certificate.certificate)
    credential = {"private_key": self_signed("other").key, "public_certificate": certificate.certificate}
    assert acquire(server, credential)["error_codes"] == [700027]


def test_msal_signs_in_with_the_token_of_another_issuer(server: GraphServer, certificate: SelfSigned) -> None:
    server.application.federated.append(
        FederatedCredential("https://ci.example.org", "repo:example/sync", certificate.public_key)
    )
    claims = {"iss": "https://ci.example.org", "sub": "repo:example/sync", "aud": "api://AzureADTokenExchange"}
    good = jwt.encode({**claims, "exp": time.time() + 60}, certificate.key, algorithm="RS256")
    late = jwt.encode({**claims, "exp": time.time() - 60}, certificate.key, algorithm="RS256")
    other = jwt.encode({**claims, "sub": "repo:x", "exp": time.time() + 60}, certificate.key, algorithm="RS256")
    assert "access_token" in acquire(server, {"client_assertion": lambda: good})
    assert acquire(server, {"client_assertion": lambda: late})["error_codes"] == [700213]
    assert acquire(server, {"client_assertion": lambda: other})["error_codes"] == [700213]


def test_msal_signs_in_as_managed_identity(server: GraphServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{server.url}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", server.graph.identity.managed_identity_secret)
    assert "access_token" in managed_identity(server)
    monkeypatch.setenv("IDENTITY_HEADER", "wrong")
    assert "access_token" not in managed_identity(server)


def test_msal_signs_in_on_a_virtual_machine(server: GraphServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", server.url)
    assert "access_token" in managed_identity(server)


def managed_identity(server: GraphServer) -> dict[str, Any]:
    """Sign in with msal as the identity of the machine."""
    session = requests.Session()
    session.verify = str(server.ca_file)
    client = msal.ManagedIdentityClient(msal.SystemAssignedManagedIdentity(), http_client=session)
    return dict(client.acquire_token_for_client(resource=server.url))


@pytest.mark.parametrize(
    ("changes", "status", "number"),
    [
        ({"client_secret": "wrong"}, 401, 7000215),
        ({"client_id": "00000000-0000-4000-8000-000000000000"}, 400, 700016),
        ({"tenant": "other.example.org"}, 400, 90002),
        ({"scope": "https://graph.example.org/.default"}, 400, 500011),
        ({"scope": "User.Read.All"}, 400, 70011),
        ({"grant_type": "password"}, 400, 70003),
    ],
)
def test_wrong_request_is_refused(api: GraphApi, changes: dict[str, str], status: int, number: int) -> None:
    response = api.token(**changes)
    assert response.status_code == status
    assert_conforms(response.json(), "token_error")
    assert response.json()["error_codes"] == [number]


def test_expired_secret_is_refused(api: GraphApi, server: GraphServer) -> None:
    server.clock.advance(366 * 24 * 3600)
    assert api.token().json()["error_codes"] == [7000222]


def test_unknown_tenant_has_no_discovery(api: GraphApi, server: GraphServer) -> None:
    response = api.request("GET", f"{server.url}/nobody.example.org/v2.0/.well-known/openid-configuration")
    assert response.status_code == 400
    assert_conforms(response.json(), "token_error")


def test_token_expires(api: GraphApi, server: GraphServer) -> None:
    server.clock.advance(3600)
    assert api.refused("GET", "/users", 401) == "InvalidAuthenticationToken"
    api.sign_in()
    assert api.get("/users", "user_list")["value"] == []


def test_token_for_another_cloud_is_refused(api: GraphApi, server: GraphServer) -> None:
    server.graph.identity.audience = "https://graph.example.org"
    assert api.refused("GET", "/users", 401) == "InvalidAuthenticationToken"


@pytest.mark.parametrize("authorization", ["", "Bearer forged", "Basic eDp5"])
def test_anything_but_a_token_is_refused(api: GraphApi, authorization: str) -> None:
    api.session.headers["Authorization"] = authorization
    assert api.refused("GET", "/users", 401) == "InvalidAuthenticationToken"
