# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one way to build a ``requests.Session``: verified TLS, explicit proxies, no cookies, no hidden environment."""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.dependencies import missing_library
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.version import PRODUCT, VERSION

if TYPE_CHECKING:
    import requests

DEFAULT_USER_AGENT = f"{PRODUCT}/{VERSION}"
DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class HttpOptions:
    """How to talk HTTP. Times are seconds.

    ``ca_file`` replaces the certificate authorities of the system and of requests; ``proxy`` replaces the proxy
    variables of the environment, NO_PROXY included; ``timeout`` bounds each wait for the peer and ``total_timeout``
    one whole answer; ``retries`` is the number of repetitions after the first attempt; ``max_body`` bounds the decoded
    size of one answer in bytes. Raises ConfigurationError for values that cannot work.
    """

    user_agent: str = DEFAULT_USER_AGENT
    ca_file: str | None = None
    validate_certs: bool = True
    proxy: str | None = field(default=None, repr=False)
    timeout: float = 60.0
    total_timeout: float = 600.0
    retries: int = 5
    max_body: int = 1 << 25

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[!-~]([ -~]*[!-~])?", self.user_agent):
            raise ConfigurationError("user_agent must be printable ASCII text without blanks around it")
        if self.timeout <= 0 or self.total_timeout <= 0:
            raise ConfigurationError("timeout must be greater than 0 seconds")
        if self.retries < 0:
            raise ConfigurationError("retries must be 0 or more")
        if self.proxy is not None and not _is_proxy_url(self.proxy):
            raise ConfigurationError(
                "proxy is not the address of an HTTP proxy",
                hint="Give it as http://proxy.example.org:3128; special characters in a password are %-encoded",
            )


def build_session(options: HttpOptions, pool_size: int = 16) -> requests.Session:
    """Return a session for these options; it ignores netrc, cookies and the variables that requests reads.

    Raises MissingLibraryError without requests and ConfigurationError for an unreadable CA file.
    """
    try:
        import requests
    except ImportError as error:
        raise missing_library("requests", "for every HTTP connection", error) from error

    session = requests.Session()
    session.trust_env = False
    session.verify = options.validate_certs
    session.headers["User-Agent"] = options.user_agent
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = _adapter(tls_context(options), pool_size)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def tls_context(options: HttpOptions) -> ssl.SSLContext:
    """Return a client context: TLS 1.2 or later, host names checked, authorities of the system and requests, or ours.

    VERIFY_X509_STRICT, a default of Python 3.13, stays off: private authorities often lack a keyUsage extension.
    """
    from urllib3 import __version__ as urllib3_version  # type: ignore[attr-defined]

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # urllib3 1.26 checks host names by itself, and cannot let OpenSSL do so for IP addresses.
    context.check_hostname = not urllib3_version.startswith("1.")
    if not options.validate_certs:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif options.ca_file is None:
        from requests.utils import DEFAULT_CA_BUNDLE_PATH

        context.load_default_certs()
        context.load_verify_locations(cafile=DEFAULT_CA_BUNDLE_PATH)
    else:
        try:
            context.load_verify_locations(cafile=options.ca_file)
        except OSError as error:
            raise ConfigurationError(
                f"The CA file {options.ca_file} cannot be used: {error}",
                hint="Give the path of a readable file with certificates in PEM format",
            ) from error
    return context


def proxies_for(url: str, options: HttpOptions) -> dict[str, str]:
    """Return the proxies to use for ``url``: the option, else HTTP(S)_PROXY and NO_PROXY of the environment."""
    if options.proxy:
        return {"http": options.proxy, "https": options.proxy}
    from requests.utils import get_environ_proxies

    try:
        return dict(get_environ_proxies(url))
    except ValueError:  # an invalid address, which the request itself reports better
        return {}


def same_origin(url: str, other: str) -> bool:
    """Say whether two URLs have the same scheme, host and port: only then may they share a credential."""
    try:
        return _origin(url) == _origin(other)
    except ValueError:
        return False


def without_query(url: str) -> str:
    """Return the URL as messages may show it: scheme, host, port and path, but nothing that could hold a secret."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "(an invalid address)"
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or DEFAULT_PORTS.get(parts.scheme)


def _is_proxy_url(url: str) -> bool:
    try:
        scheme, host, port = _origin(url)
    except ValueError:
        return False
    return scheme in DEFAULT_PORTS and bool(host) and port is not None


def _adapter(context: ssl.SSLContext, pool_size: int) -> Any:
    from requests.adapters import HTTPAdapter

    class Adapter(HTTPAdapter):
        """Hands our TLS context, and nothing else to trust, to direct and proxied connections alike."""

        def init_poolmanager(self, *args: Any, **kwargs: Any) -> Any:
            return super().init_poolmanager(*args, **kwargs, ssl_context=context)

        def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
            if proxy.lower().startswith("https:"):
                kwargs["proxy_ssl_context"] = context
            return super().proxy_manager_for(proxy, **kwargs, ssl_context=context)

        def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
            """Do not let requests add certifi's authorities to our context, as it would for each connection."""
            conn.cert_reqs = "CERT_REQUIRED" if verify else "CERT_NONE"

    return Adapter(pool_connections=4, pool_maxsize=pool_size, pool_block=True)
