# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the options of sources that can be read incrementally."""

from __future__ import annotations

_OPTIONS = r"""
      incremental:
        description:
          - Whether to read only what changed since the last snapshot at O(snapshot), which then also keeps what this
            needs. Any doubt leads to a full read, and the details of the source in the result tell the reason.
          - CONDITIONS
        type: bool
        default: false
      full_read_hours:
        description:
          - After how many hours a full read takes the place of an incremental one.
        type: int
        default: 24
"""


def incremental_options(*conditions: str) -> str:
    """Return the YAML of the options; ``conditions`` are paragraphs about when it works, and how well."""
    return _OPTIONS.strip("\n").replace("CONDITIONS", "\n          - ".join(conditions))
