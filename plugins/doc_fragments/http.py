# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the options that every source read over HTTPS has."""

from __future__ import annotations

_OPTIONS = r"""
      ca_file:
        description:
          - A file with the certificate authorities (PEM) to trust in place of those of the system, for the service and
            for proxies reached over C(https).
        type: path
      validate_certs:
        description:
          - Whether the service must prove its identity.
          - B(Danger.) Without the proof anybody on the way can take the credential and answer instead of the service,
            which decides who gets into the organization and who loses access.
        type: bool
        default: true
      proxy:
        description:
          - The HTTP proxy to use for every request, for instance V(http://proxy.example.org:3128), with a user name and
            password in the address if it needs them.
          - By default the proxy is taken from the environment (E(HTTPS_PROXY), E(NO_PROXY)); this option overrides
            both.
        type: str
      timeout:
        description:
          - How many seconds to wait for an answer, and within it for more data.
        type: int
        default: 60
      retries:
        description:
          - How often to repeat a request that failed in passing or was throttled. Pauses that the service asks for are
            kept, without it they double from one second to a minute.
        type: int
        default: 5
"""


def http_options(retries: int = 5) -> str:
    """Return the YAML of the options; ``retries`` is the default of the option of this name."""
    return _OPTIONS.strip("\n").replace("default: 5", f"default: {retries}")
