# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the options of the connection to a Bitwarden organization."""

from __future__ import annotations


class ModuleDocFragment:
    """Where the organization lives, its API key, and how to get there."""

    DOCUMENTATION = r"""
options:
  region:
    description:
      - The Bitwarden cloud that the organization belongs to. An API key works in its own region only.
      - Ignored when O(server_url) or O(api_url) is given.
    type: str
    choices: [us, eu]
    default: us
  server_url:
    description:
      - The address of a self-hosted Bitwarden server or of Vaultwarden, as in a browser, for instance
        V(https://vault.example.org). The API is expected below C(/api) and the identity service below C(/identity).
      - The addresses of the cloud's web vaults (V(https://vault.bitwarden.com), V(https://vault.bitwarden.eu)) mean
        that region.
      - Must be C(https); plain C(http) is accepted for the loopback addresses of this host only, since the API key
        travels with each sign-in.
    type: str
  api_url:
    description:
      - The address of the API where it does not lie below one O(server_url) together with the identity service.
        Needs O(identity_url).
    type: str
  identity_url:
    description:
      - The address of the identity service, without C(/connect/token). Needs O(api_url).
    type: str
  client_id:
    description:
      - The C(client_id) of the organization's own API key, C(organization.) and a GUID. An owner finds it in the web
        vault's admin console under Settings, Organization info, View API key.
      - A personal API key (C(user.) and a GUID) cannot be used.
      - Without it, the environment variable E(BW_CLIENTID) is used.
    type: str
    required: true
  client_secret:
    description:
      - The C(client_secret) of the organization's API key. Whoever has it can remove every member, owners included.
        Keep it in a vault.
      - Without it, the environment variable E(BW_CLIENTSECRET) is used.
    type: str
    required: true
  ca_file:
    description:
      - A file with the certificate authorities (PEM) to trust in place of those of the system, for servers and for
        proxies reached over C(https).
      - By default the authorities of the system and those that come with the Python package requests are trusted.
    type: path
  validate_certs:
    description:
      - Whether the server must prove its identity. With V(false), anybody between this host and the server can take
        the API key. Give the server's authority in O(ca_file) instead.
    type: bool
    default: true
  proxy:
    description:
      - The HTTP proxy to use for every request, for instance V(http://proxy.example.org:3128), with a user name and
        password in the address if it needs them.
      - By default the proxy is taken from the environment (E(HTTPS_PROXY), E(NO_PROXY)); this option overrides both.
    type: str
  user_agent:
    description:
      - How to introduce this client. Bitwarden's cloud is known to refuse certain programs by this header.
      - The default is C(dirsync.bitwarden/) and the version of this collection.
    type: str
  timeout:
    description:
      - For how many seconds to wait for the server to connect or to go on answering before the attempt counts as
        failed.
    type: int
    default: 60
  retries:
    description:
      - How often to repeat a call after a passing fault or when the server asks to slow down. Calls that are not safe
        to repeat, such as invitations, are repeated only when the server surely did not act on them.
    type: int
    default: 5
"""
