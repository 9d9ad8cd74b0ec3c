# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in: by key, without key, and what the operator reads when Google refuses."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    ConfigurationError,
    DirectoryAuthenticationError,
    DirectoryConnectionError,
    DirectoryError,
    DirsyncError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.google_workspace.source import (
    GoogleWorkspaceProvider,
)
from ansible_collections.dirsync.bitwarden.tests.doubles.fake_time import FakeTime
from ansible_collections.dirsync.bitwarden.tests.doubles.redirecting_proxy import RedirectingProxy
from ansible_collections.dirsync.bitwarden.tests.emulators.common import Fault, Kind, When
from ansible_collections.dirsync.bitwarden.tests.emulators.google import (
    GROUP_SCOPE,
    SERVICE_ACCOUNT,
    USER_SCOPE,
    GoogleServer,
)

MakeProvider = Callable[..., GoogleWorkspaceProvider]


def refusal(provider: GoogleWorkspaceProvider) -> str:
    """Return what the operator reads when the sign-in fails; no key may be in it, nor in what is behind it."""
    with pytest.raises(DirectoryAuthenticationError) as caught:
        provider.read()
    assert "PRIVATE KEY" not in "".join(traceback.format_exception(caught.value))
    return str(caught.value)


def refuse(server: GoogleServer, error: str, description: str, status: int = 400) -> None:
    """Let the token endpoint answer with an error."""
    body = {"error": error, "error_description": description}
    server.faults.add(Fault(Kind.STATUS, When(path="/token$"), times=None, status=status, body=body))


def test_key_in_a_file(server: GoogleServer, make_provider: MakeProvider, tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    path.write_text(json.dumps(server.google.create_key()))
    assert len(make_provider(service_account_json=None, service_account_file=str(path)).read().users) == 1


def test_key_as_json_text(server: GoogleServer, make_provider: MakeProvider) -> None:
    assert len(make_provider(service_account_json=json.dumps(server.google.create_key())).read().users) == 1


def test_key_whose_line_ends_are_spelt_out(server: GoogleServer, make_provider: MakeProvider) -> None:
    key = server.google.create_key()
    key["private_key"] = key["private_key"].replace("\n", "\\n")
    assert len(make_provider(service_account_json=key).read().users) == 1


def test_service_account_with_a_role_of_its_own(server: GoogleServer, make_provider: MakeProvider) -> None:
    server.google.service_account.delegated_scopes = []
    server.account.add_user(SERVICE_ACCOUNT, is_admin=True)
    assert len(make_provider(subject=SERVICE_ACCOUNT).read().users) == 2


def test_one_token_serves_all_calls(server: GoogleServer, make_provider: MakeProvider) -> None:
    for number in range(30):
        server.account.add_group(f"group{number}@example.org")
    make_provider().read()
    assert len(server.recorder.requests(path="/token$")) == 1


@pytest.mark.parametrize("missing", [[USER_SCOPE], [GROUP_SCOPE], [USER_SCOPE, GROUP_SCOPE]])
def test_scopes_that_the_domain_has_not_authorised_are_named(
    server: GoogleServer, make_provider: MakeProvider, missing: list[str]
) -> None:
    account = server.google.service_account
    account.delegated_scopes = [scope for scope in account.delegated_scopes if scope not in missing]
    message = refusal(make_provider())
    assert (
        f"has not authorised {SERVICE_ACCOUNT} (client id {account.client_id}) for {' and '.join(missing)}." in message
    )
    assert "Domain-wide delegation" in message


@pytest.mark.parametrize(
    ("error", "description", "expected"),
    [
        ("access_denied", "Requested client not authorized.", "has not authorised"),
        ("invalid_grant", "Invalid email or User ID", "no active user admin@example.org"),
        ("invalid_grant", "Invalid JWT Signature.", "The key was deleted or disabled"),
        ("invalid_grant", "Invalid grant: account not found", "does not exist"),
        ("invalid_grant", "Invalid JWT: Token must be ... in a reasonable timeframe.", "clock of this host"),
        ("invalid_scope", "Invalid OAuth scope or ID token audience provided.", "does not know the scopes"),
        ("disabled_client", "The OAuth client was disabled.", "disabled_client: The OAuth client was disabled."),
    ],
)
def test_refused_sign_in_is_explained(
    server: GoogleServer, make_provider: MakeProvider, error: str, description: str, expected: str
) -> None:
    refuse(server, error, description)
    message = refusal(make_provider())
    assert expected in message
    assert description in message


def test_subject_that_does_not_exist(make_provider: MakeProvider) -> None:
    assert "no active user nobody@example.org" in refusal(make_provider(subject="nobody@example.org"))


def test_deleted_key(server: GoogleServer, make_provider: MakeProvider) -> None:
    provider = make_provider()
    server.google.service_account.keys.clear()
    assert "The key was deleted or disabled" in refusal(provider)


def test_clock_that_is_wrong(server: GoogleServer, make_provider: MakeProvider) -> None:
    server.clock.advance(2 * 86400)
    try:
        assert "clock of this host" in refusal(make_provider())
    finally:
        server.clock.advance(-2 * 86400)


def test_passing_fault_of_the_token_endpoint_is_repeated(
    server: GoogleServer, make_provider: MakeProvider, fake_time: FakeTime
) -> None:
    server.faults.add(Fault(Kind.STATUS, When(path="/token$"), times=2, status=503))
    assert len(make_provider().read().users) == 1
    assert len(fake_time.sleeps) == 2


def test_token_endpoint_that_stays_broken(
    server: GoogleServer, make_provider: MakeProvider, fake_time: FakeTime
) -> None:
    server.faults.add(Fault(Kind.DROP, When(path="/token$"), times=None))
    with pytest.raises(DirectoryConnectionError, match=f"Signing in to Google as {SERVICE_ACCOUNT}"):
        make_provider(retries=1).read()


def test_answer_that_is_nested_without_end(server: GoogleServer, make_provider: MakeProvider) -> None:
    server.faults.add(Fault(Kind.DEEP_JSON, When(path="/token$"), times=None, size=200_000))
    with pytest.raises(DirectoryAuthenticationError, match="something that is no token"):
        make_provider().read()


@pytest.mark.parametrize("body", ["", "[]", '"text"', "{}", '{"access_token": ""}', '{"access_token": "a b"}'])
def test_answer_without_a_token(server: GoogleServer, make_provider: MakeProvider, body: str) -> None:
    server.faults.add(Fault(Kind.STATUS, When(path="/token$"), times=None, status=200, body=body))
    with pytest.raises(DirsyncError):
        make_provider().read()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"private_key": None}, "lacks private_key"),
        ({"client_email": None, "token_uri": None}, "lacks client_email, token_uri"),
        (
            {"private_key": "-----BEGIN PRIVATE KEY-----\nc2VjcmV0LW9mLW91cnM=\n-----END PRIVATE KEY-----\n"},
            "no usable",
        ),
        ({"private_key": "secret-of-ours"}, "no usable RSA key"),
        ({"type": "authorized_user"}, "of type authorized_user"),
        ({"token_uri": "http://oauth2.example.org/token"}, "token_uri that is not https"),
    ],
)
def test_key_that_cannot_work(
    server: GoogleServer, make_provider: MakeProvider, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message) as caught:
        make_provider(service_account_json={**server.google.create_key(), **change})
    shown = "".join(traceback.format_exception(caught.value))
    assert "secret-of-ours" not in shown
    assert "c2VjcmV0LW9mLW91cnM" not in shown


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read: No such file"),
        (b"\xff\xfe", "cannot be read: it is not UTF-8"),
        (b"-----BEGIN secret", "not the JSON of a service account key"),
        (b"[1]", "not the JSON of a service account key"),
        (b"{}", "lacks client_email, private_key, token_uri"),
    ],
)
def test_key_file_that_cannot_work(
    make_provider: MakeProvider, tmp_path: Path, content: bytes | None, message: str
) -> None:
    path = tmp_path / "key.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=message) as caught:
        make_provider(service_account_json=None, service_account_file=str(path))
    assert "secret" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    "options",
    [{"service_account_json": None}, {"service_account_file": "/key.json"}, {"impersonate_service_account": "a@b.c"}],
)
def test_exactly_one_way_to_sign_in(make_provider: MakeProvider, options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="exactly one of"):
        make_provider(**options)


def test_nothing_shows_the_key_or_the_token(server: GoogleServer, make_provider: MakeProvider) -> None:
    key = server.google.create_key()
    provider = make_provider(service_account_json=key)
    reading = provider.read()
    shown = repr([vars(provider), vars(vars(provider)["_client"]), reading])
    assert "PRIVATE KEY" not in shown
    assert "ya29." not in shown


class TestKeyless:
    """Workload identity federation, then signatures by IAM, at the addresses that Google's library has built in."""

    @pytest.fixture
    def proxy(self, server: GoogleServer) -> Iterator[RedirectingProxy]:
        with RedirectingProxy(server.port) as proxy:
            yield proxy

    @pytest.fixture
    def provider(
        self,
        server: GoogleServer,
        proxy: RedirectingProxy,
        make_provider: MakeProvider,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
    ) -> GoogleWorkspaceProvider:
        credentials = server.google.iam.write_credentials(tmp_path)
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(credentials))
        return make_provider(
            service_account_json=None,
            impersonate_service_account=SERVICE_ACCOUNT,
            api_url="https://admin.googleapis.com",
            proxy=proxy.url,
        )

    def test_reads_without_any_key(
        self, server: GoogleServer, proxy: RedirectingProxy, provider: GoogleWorkspaceProvider
    ) -> None:
        assert len(provider.read().users) == 1
        paths = [call.path for call in server.recorder.requests(method="POST")]
        assert paths == ["/v1/token", f"/v1/projects/-/serviceAccounts/{SERVICE_ACCOUNT}:signJwt", "/token"]
        hosts = {f"{name}.googleapis.com" for name in ("sts", "iamcredentials", "oauth2", "admin")}
        assert set(proxy.hosts) == hosts

    def test_missing_delegation_is_named(self, server: GoogleServer, provider: GoogleWorkspaceProvider) -> None:
        server.google.service_account.delegated_scopes = [USER_SCOPE]
        assert f"(unique id of the service account) for {GROUP_SCOPE}." in refusal(provider)

    def test_missing_role_is_named(self, server: GoogleServer, provider: GoogleWorkspaceProvider) -> None:
        server.google.iam.token_creators.clear()
        message = refusal(provider)
        assert f"may not act as {SERVICE_ACCOUNT}" in message
        assert "Service Account Token Creator" in message
        assert "iam.serviceAccounts.signJwt" in message

    def test_refused_federation(self, server: GoogleServer, provider: GoogleWorkspaceProvider) -> None:
        server.google.iam.subject_token = "another"
        try:
            assert "The subject token is not valid" in refusal(provider)
        finally:
            server.google.iam.subject_token = "token-of-the-other-issuer"

    def test_host_without_an_identity(self, make_provider: MakeProvider, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nonexistent.json")
        with pytest.raises(DirectoryError, match="no identity with which to act as"):
            make_provider(service_account_json=None, impersonate_service_account=SERVICE_ACCOUNT)
