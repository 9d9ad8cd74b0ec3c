# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which servers and proxies a session trusts and uses."""

from __future__ import annotations

import builtins
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    ConfigurationError,
    HttpTransportError,
    MissingLibraryError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.client import HttpClient, Request
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.transport import (
    HttpOptions,
    build_session,
    same_origin,
    tls_context,
    without_query,
)
from ansible_collections.dirsync.bitwarden.tests.doubles.fake_time import FakeTime
from ansible_collections.dirsync.bitwarden.tests.doubles.scripted_http import Answer, ScriptedServer
from ansible_collections.dirsync.bitwarden.tests.emulators.common import ServerCertificate, issue_certificate

MakeClient = Callable[..., HttpClient]
UNREACHABLE = "http://server.example.org/members"
PASSWORD = "proxy-password"


def test_own_authority_is_trusted(
    make_client: MakeClient, tls_server: ScriptedServer, certificate: ServerCertificate
) -> None:
    client = make_client(ca_file=certificate.ca_file)
    assert client.send(Request("GET", tls_server.url)).status == 200


def test_unknown_authority_is_refused_at_once(
    make_client: MakeClient, tls_server: ScriptedServer, fake_time: FakeTime
) -> None:
    client = make_client()
    with pytest.raises(HttpTransportError, match=r"CERTIFICATE_VERIFY_FAILED.*ca_file") as caught:
        client.send(Request("GET", tls_server.url))
    assert not caught.value.sent
    assert client.statistics.calls == 1
    assert fake_time.sleeps == []
    assert tls_server.received == []


def test_ca_file_replaces_every_other_authority(
    make_client: MakeClient, tls_server: ScriptedServer, certificate: ServerCertificate, tmp_path: Path
) -> None:
    other = issue_certificate(tmp_path)
    with pytest.raises(HttpTransportError, match="CERTIFICATE_VERIFY_FAILED"):
        make_client(ca_file=other.ca_file).send(Request("GET", tls_server.url))


def test_certificate_for_another_name_is_refused_at_once(
    make_client: MakeClient, fake_time: FakeTime, tmp_path: Path
) -> None:
    certificate = issue_certificate(tmp_path, ("other.example.org",))
    with (
        ScriptedServer(certificate) as server,
        pytest.raises(HttpTransportError, match=r"match.*Check the certificate"),
    ):
        make_client(ca_file=certificate.ca_file).send(Request("POST", server.url))
    assert server.received == []
    assert fake_time.sleeps == []


def test_verification_can_be_switched_off(make_client: MakeClient, tls_server: ScriptedServer) -> None:
    with pytest.warns(match="Unverified HTTPS request"):
        assert make_client(validate_certs=False).send(Request("GET", tls_server.url)).status == 200


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_environment_does_not_add_authorities(
    make_client: MakeClient,
    tls_server: ScriptedServer,
    certificate: ServerCertificate,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
) -> None:
    monkeypatch.setenv(variable, certificate.ca_file)
    with pytest.raises(HttpTransportError, match="CERTIFICATE_VERIFY_FAILED"):
        make_client().send(Request("GET", tls_server.url))


def test_environment_does_not_replace_ca_file(
    make_client: MakeClient, tls_server: ScriptedServer, certificate: ServerCertificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nonexistent")
    assert make_client(ca_file=certificate.ca_file).send(Request("GET", tls_server.url)).status == 200


def test_nothing_older_than_tls_1_2() -> None:
    for options in (HttpOptions(), HttpOptions(validate_certs=False)):
        assert tls_context(options).minimum_version == ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_unusable_ca_file_is_named(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ConfigurationError, match=r"ca\.pem cannot be used.*PEM"):
        build_session(HttpOptions(ca_file=str(path)))


def test_plain_http_behind_https_is_named(make_client: MakeClient, server: ScriptedServer, fake_time: FakeTime) -> None:
    with pytest.raises(HttpTransportError, match=r"failed: .*SSL"):
        make_client().send(Request("GET", server.url.replace("http:", "https:")))
    assert fake_time.sleeps == []


def test_proxy_option(make_client: MakeClient, server: ScriptedServer) -> None:
    make_client(proxy=server.url).send(Request("GET", UNREACHABLE))
    assert server.received[0].target == UNREACHABLE


@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "all_proxy"])
def test_proxy_of_the_environment(
    make_client: MakeClient, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, server.url)
    make_client().send(Request("GET", UNREACHABLE))
    assert server.received[0].target == UNREACHABLE


def test_no_proxy_of_the_environment(
    make_client: MakeClient, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert make_client().send(Request("GET", server.url)).status == 200


def test_proxy_option_wins_over_the_environment(
    make_client: MakeClient, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "server.example.org")
    make_client(proxy=server.url).send(Request("GET", UNREACHABLE))
    assert server.received[0].target == UNREACHABLE


def test_https_goes_through_a_tunnel_and_is_verified(
    make_client: MakeClient, server: ScriptedServer, tls_server: ScriptedServer, certificate: ServerCertificate
) -> None:
    client = make_client(proxy=server.url, ca_file=certificate.ca_file)
    assert client.send(Request("GET", tls_server.url + "/x", headers={"Authorization": "Bearer t"})).status == 200
    assert [request.method for request in server.received] == ["CONNECT"]
    assert "authorization" not in server.received[0].headers
    assert tls_server.received[0].path == "/x"
    with pytest.raises(HttpTransportError, match="CERTIFICATE_VERIFY_FAILED"):
        make_client(proxy=server.url).send(Request("GET", tls_server.url))


def test_proxy_reached_over_tls_is_verified_alike(
    make_client: MakeClient, tls_server: ScriptedServer, certificate: ServerCertificate
) -> None:
    make_client(proxy=tls_server.url, ca_file=certificate.ca_file).send(Request("GET", UNREACHABLE))
    assert tls_server.received[0].target == UNREACHABLE
    with pytest.raises(HttpTransportError, match="CERTIFICATE_VERIFY_FAILED"):
        make_client(proxy=tls_server.url).send(Request("GET", UNREACHABLE))


def test_refused_tunnel_was_never_sent(make_client: MakeClient, server: ScriptedServer) -> None:
    server.respond = lambda request: Answer(407, "who are you")
    proxy = server.url.replace("//", f"//user:{PASSWORD}@")
    with pytest.raises(HttpTransportError, match="Tunnel connection failed: 407") as caught:
        make_client(proxy=proxy, retries=0).send(Request("POST", "https://server.example.org/"))
    assert not caught.value.sent
    assert PASSWORD not in repr(caught.value) + str(caught.value)


@pytest.mark.parametrize(
    "proxy",
    [
        "",
        "proxy.example.org",
        "proxy.example.org:3128",
        "socks5://proxy.example.org:1080",
        f"http://user:{PASSWORD}@:3128",
        f"http://user:{PASSWORD}@proxy.example.org:port",
        f"http://user:{PASSWORD}@[proxy",
    ],
)
def test_bad_proxy_is_refused_without_quoting_it(proxy: str) -> None:
    with pytest.raises(ConfigurationError, match="proxy is not the address") as caught:
        HttpOptions(proxy=proxy)
    assert PASSWORD not in str(caught.value)


def test_bad_proxy_of_the_environment_is_not_quoted(make_client: MakeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://user:{PASSWORD}@[proxy")
    with pytest.raises(HttpTransportError, match="or of its proxy is not valid") as caught:
        make_client().send(Request("GET", UNREACHABLE))
    assert PASSWORD not in str(caught.value)
    assert not caught.value.sent


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"user_agent": ""}, "user_agent"),
        ({"user_agent": "tool\r\nX-Injected: 1"}, "user_agent"),
        ({"user_agent": "caf\u00e9"}, "user_agent"),
        ({"timeout": 0}, "timeout"),
        ({"total_timeout": -1}, "timeout"),
        ({"retries": -1}, "retries"),
    ],
)
def test_impossible_options(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        HttpOptions(**options)


def test_repr_of_options_hides_the_proxy() -> None:
    assert PASSWORD not in repr(HttpOptions(proxy=f"http://user:{PASSWORD}@proxy.example.org:3128"))


def test_no_cookie_is_kept_and_no_netrc_read(
    make_client: MakeClient, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server.respond = lambda request: Answer(body={}, headers={"Set-Cookie": "session=1"})
    client = make_client(user_agent="tool/1")
    client.send(Request("GET", server.url))
    client.send(Request("GET", server.url))
    headers = server.received[1].headers
    assert "cookie" not in headers
    assert "authorization" not in headers
    assert headers["user-agent"] == "tool/1"


def test_missing_requests_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    original = builtins.__import__

    def refuse(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "requests":
            raise ImportError("No module named 'requests'")
        return original(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(MissingLibraryError, match="pip install 'requests'"):
        build_session(HttpOptions())


@pytest.mark.parametrize(
    ("url", "other", "same"),
    [
        ("https://a.example.org/x", "https://A.example.org:443/y?z", True),
        ("http://a.example.org", "http://a.example.org:80", True),
        ("https://a.example.org", "http://a.example.org", False),
        ("https://a.example.org", "https://b.example.org", False),
        ("https://a.example.org", "https://a.example.org:8443", False),
        ("https://a.example.org", "https://a.example.org@b.example.org", False),
        ("https://a.example.org", "https://a.example.org:port", False),
        ("https://a.example.org", "https://[a", False),
        ("https://a.example.org", "/relative", False),
    ],
)
def test_same_origin(url: str, other: str, same: bool) -> None:
    assert same_origin(url, other) is same


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:secret@a.example.org:8443/x?token=secret#secret", "https://a.example.org:8443/x"),
        ("https://[secret", "(an invalid address)"),
    ],
)
def test_without_query(url: str, shown: str) -> None:
    assert without_query(url) == shown
