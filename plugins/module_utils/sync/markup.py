# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Building HTML and SVG so that text is escaped unless it is markup already."""

from __future__ import annotations

import html

from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.wording import visible

VOID = frozenset({"input", "meta"})


class Html(str):
    """Markup, as opposed to text."""

    __slots__ = ()


def element(tag: str, /, *content: str, **attributes: str | int | float) -> Html:
    """Return an element with this content; what is not Html is escaped.

    Attributes are written with hyphens for underscores, of which one at the end is dropped (``class_``).
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(str(value))}"' for key, value in attributes.items()
    )
    return Html(f"<{tag}{written}>" + ("" if tag in VOID else f"{joined(*content)}</{tag}>"))


def joined(*content: str, separator: str = "") -> Html:
    """Return pieces of content as one."""
    return Html(separator.join(piece if isinstance(piece, Html) else html.escape(piece) for piece in content))


def name(text: object, limit: int = 300) -> Html:
    """Return a text from outside, set apart from the text around it also in its direction of writing.

    A line that has to break in an address breaks after the at sign.
    """
    parts = visible(text, limit).split("@")
    return element("bdi", joined(*parts, separator="@<wbr>"))
