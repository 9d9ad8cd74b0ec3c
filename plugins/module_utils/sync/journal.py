# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The line that each run leaves in the system log: ``key=value`` pairs for people and machines, no names of people."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping


def end_line(values: Mapping[str, object]) -> str:
    """Return one line of ``key=value`` pairs (logfmt); a value of None or with no text leaves its pair out.

    A value with anything but harmless characters is quoted as JSON does it, in ASCII: nothing in it can begin another
    pair or another line.
    """
    pairs = ((key, _text(value)) for key, value in values.items())
    return "dirsync.bitwarden run ended: " + " ".join(f"{key}={text}" for key, text in pairs if text)


def _text(value: object) -> str:
    if value is None:
        return ""
    text = str(value).lower() if isinstance(value, bool) else f"{value:.3f}" if isinstance(value, float) else str(value)
    return text if re.fullmatch(r"[A-Za-z0-9_.:,/@+-]*", text) else json.dumps(text)
