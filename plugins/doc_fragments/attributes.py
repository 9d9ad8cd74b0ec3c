# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules of this collection promise: check mode, differences, idempotence, action groups."""

from __future__ import annotations


class ModuleDocFragment:
    """The meaning of each attribute, and the promises of each kind of module."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in check mode and say what it would do, without changing the organization.
  diff_mode:
    description: Returns what changes, or would change, in diff mode.
  idempotent:
    description: When run twice in a row outside check mode with the same arguments, the second run changes nothing.
  action_group:
    description: The group to name in C(module_defaults) so that options common to several modules are given once.
"""

    CONVERGING = r"""
options: {}
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details: Only objects that change are shown.
  idempotent:
    support: full
  action_group:
    support: full
    membership:
      - dirsync.bitwarden.bitwarden
"""

    INFO_MODULE = r"""
options: {}
attributes:
  check_mode:
    support: full
    details: This module changes nothing.
  diff_mode:
    support: N/A
    details: This module changes nothing.
  idempotent:
    support: full
    details: This module changes nothing.
  action_group:
    support: full
    membership:
      - dirsync.bitwarden.bitwarden
"""
