# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module of the same name and shows its progress."""

from __future__ import annotations

from ansible_collections.dirsync.bitwarden.plugins.plugin_utils.progress import FollowingAction


class ActionModule(FollowingAction):
    """Nothing differs between the modules."""
