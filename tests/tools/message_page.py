# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the page with every error message of the code, as reStructuredText, to standard output."""

from __future__ import annotations

from itertools import groupby

from ansible_collections.dirsync.bitwarden.tests.support.messages import Message, messages

HEAD = """\
.. _messages:

All messages
============

Every error of this collection, as it stands in the code; ``...`` stands for what is known only when it happens. The
kinds are explained in :ref:`Troubleshooting <ansible_collections.dirsync.bitwarden.docsite.guide_troubleshooting>`.
"""
TABLE = """
.. list-table::
   :header-rows: 1
   :widths: 50 50

   * - Message
     - Advice that it gives
"""
MOST_HINTS = 3
"""With more of them the advice depends on what the server said, and a list of all would not help."""


def page() -> str:
    """Return the page."""
    parts = [HEAD]
    for kind, group in groupby(messages(), lambda message: message.error):
        parts += [f"\n{kind}\n{'-' * len(kind)}\n", TABLE, *map(_row, group)]
    return "".join(parts)


def _row(message: Message) -> str:
    hints = message.hints if len(message.hints) <= MOST_HINTS else ("it depends on the answer",)
    advice = ". Or: ".join(_literal(hint) for hint in hints) or "as its kind says"
    return f"   * - {_literal(message.what)}\n     - {advice}\n"


def _literal(text: str) -> str:
    """Return the text with nothing in it that has a meaning in reStructuredText."""
    return "".join(f"\\{character}" if character in "\\*`_|<>:" else character for character in " ".join(text.split()))


if __name__ == "__main__":
    print(page(), end="")
