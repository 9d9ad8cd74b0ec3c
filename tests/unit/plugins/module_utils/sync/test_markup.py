# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Building HTML: what is text stays text."""

from __future__ import annotations

from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.markup import Html, element, joined, name


def test_text_is_escaped_and_markup_is_not() -> None:
    assert element("p", "a < b & c", Html("<br>"), title='"x" & <y>') == (
        '<p title="&quot;x&quot; &amp; &lt;y&gt;">a &lt; b &amp; c<br></p>'
    )


def test_attributes_are_written_as_html_wants_them() -> None:
    assert element("td", class_="a", data_outcome="done", tabindex=0) == (
        '<td class="a" data-outcome="done" tabindex="0"></td>'
    )
    assert element("meta", name="robots") == '<meta name="robots">'


def test_pieces_are_joined() -> None:
    assert joined("a<", Html("<b>"), separator=" ") == "a&lt; <b>"
    assert joined() == ""


def test_a_name_is_kept_apart_and_breaks_after_the_at_sign() -> None:
    assert name("<ann>@example.org") == "<bdi>&lt;ann&gt;@<wbr>example.org</bdi>"
    assert name("a\u202eb") == "<bdi>a\ufffdb</bdi>"
    assert name("a" * 20, 10) == "<bdi>aaaaaaa...</bdi>"
