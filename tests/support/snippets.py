# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The code in the pages that people read: README files, Markdown pages and the guides of the site."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

import yaml

CHECKOUT = Path(__file__).resolve().parents[2]
PAGES = (
    CHECKOUT / "README.md",
    *sorted((CHECKOUT / "docs").glob("*.md")),
    *sorted((CHECKOUT / "examples").glob("**/README.md")),
    *sorted((CHECKOUT / "roles").glob("*/README.md")),
    *sorted((CHECKOUT / "docs/docsite/rst").glob("*.rst")),
)
_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
_BLOCK = re.compile(
    r"^( *)\.\. code-block:: ([\w+-]+)\n(?:\1   :caption: (.*)\n|\1   :\w.*\n)*\n((?:\1   .*\n|\n)+)", re.MULTILINE
)


class _Loader(yaml.SafeLoader):
    """Takes the tags of Ansible for the texts that they stand before."""


for _tag in ("!vault", "!unsafe"):
    _Loader.add_constructor(_tag, lambda loader, node: node.value)


@dataclass(frozen=True)
class Snippet:
    """One block of code; ``caption`` is the name of the file that it belongs into, where the page says so."""

    page: Path
    line: int
    language: str
    caption: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(CHECKOUT)}:{self.line}"

    @property
    def place(self) -> str:
        """Return the name of the page: that of its file for a guide, the path in this collection for any other."""
        return self.page.name if self.page.suffix == ".rst" else str(self.page.relative_to(CHECKOUT))

    @property
    def commands(self) -> list[str]:
        """Return the command lines of a block for a shell; a line that ends in a backslash is joined with the next."""
        lines = self.text.replace("\\\n", " ").splitlines()
        return [line.removeprefix("$ ") for line in lines if line.startswith("$ ") or self.language != "console"]

    def yaml(self) -> Any:
        """Return what a YAML block holds."""
        return yaml.load(self.text, _Loader)


def snippets(*languages: str) -> list[Snippet]:
    """Return all blocks, or those in these languages; ``""`` are fences of Markdown without language."""
    found = [snippet for page in PAGES for snippet in _of_page(page)]
    return [snippet for snippet in found if snippet.language in languages or not languages]


def snippet(place: str, words: str) -> Snippet:
    """Return the one block of a page that holds these words."""
    [found] = [snippet for snippet in snippets() if snippet.place == place and words in snippet.text]
    return found


def with_replaced(text: str, replaced: Mapping[str, str]) -> str:
    """Return the text with other words in the place of some of it, all of which have to be there."""
    for old, new in replaced.items():
        assert old in text, f"{old!r} is not in\n{text}"
        text = text.replace(old, new)
    return text


def commands() -> list[tuple[Snippet, str]]:
    """Return every command line for a shell, with its block."""
    return [(snippet, line) for snippet in snippets("", "console", "shell") for line in snippet.commands]


def _of_page(page: Path) -> Iterator[Snippet]:
    text = page.read_text()
    for match in (_FENCE if page.suffix == ".md" else _BLOCK).finditer(text):
        if page.suffix == ".md":
            (_indent, language, code), caption = match.groups(), ""
        else:
            _indent, language, caption, code = match.groups()
        yield Snippet(
            page, text.count("\n", 0, match.start()) + 1, language, caption or "", dedent(code).strip() + "\n"
        )
