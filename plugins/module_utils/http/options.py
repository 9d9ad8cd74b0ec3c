# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the options of a module to how a service is talked to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.transport import HttpOptions


def http_options(options: Mapping[str, Any]) -> HttpOptions:
    """Return the HTTP options in ``options`` (``http_spec``); raises ConfigurationError where they cannot work."""
    return HttpOptions(
        ca_file=options["ca_file"],
        validate_certs=options["validate_certs"],
        proxy=options["proxy"],
        timeout=float(options["timeout"]),
        retries=options["retries"],
    )


def https_origin(option: str, value: str, example: str) -> str:
    """Return ``https://host`` (with a port that is not 443) for an address that may be given as host name or URL.

    Raises ConfigurationError, which names the option and an example, for anything else than a host.
    """
    text = value.strip()
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if parts.scheme != "https" or not re.fullmatch(r"[a-z0-9.-]+", host) or parts.path.strip("/") or parts.query:
        raise ConfigurationError(f"{option} is not the address of an https server", hint=f"Give it as {example}")
    if parts.username is not None or parts.fragment:
        raise ConfigurationError(f"{option} must hold nothing but the host", hint=f"Give it as {example}")
    return f"https://{host}" if port in (None, 443) else f"https://{host}:{port}"
