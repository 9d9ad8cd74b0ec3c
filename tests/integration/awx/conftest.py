# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A controller for the tests of what is declared in it."""

from __future__ import annotations

from ansible_collections.dirsync.bitwarden.tests.emulators.awx.fixture import awx_server
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden.fixture import bitwarden_server

__all__ = ["awx_server", "bitwarden_server"]
