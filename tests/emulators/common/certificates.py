# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS certificates made at run time, good for Python 3.13's strict verification."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import trustme

LOOPBACK_NAMES = ("localhost", "127.0.0.1")


@dataclass(frozen=True, slots=True)
class ServerCertificate:
    """PEM files of one certificate authority and of the server certificate that it signed."""

    ca_file: str
    certificate_file: str
    key_file: str


def issue_certificate(directory: Path | str, names: tuple[str, ...] = LOOPBACK_NAMES) -> ServerCertificate:
    """Write ``ca.pem``, ``server.pem`` (with chain) and ``server-key.pem`` (0600) into ``directory``.

    Other ``names`` than the loopback ones make a certificate that a verifying client has to refuse.
    """
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    authority = trustme.CA(organization_name="dirsync.bitwarden emulators")
    certificate = authority.issue_cert(*names)
    result = ServerCertificate(
        str(directory / "ca.pem"), str(directory / "server.pem"), str(directory / "server-key.pem")
    )
    Path(result.key_file).touch(mode=0o600)
    authority.cert_pem.write_to_path(result.ca_file)
    certificate.private_key_pem.write_to_path(result.key_file)
    for number, blob in enumerate(certificate.cert_chain_pems):
        blob.write_to_path(result.certificate_file, append=number > 0)
    return result
