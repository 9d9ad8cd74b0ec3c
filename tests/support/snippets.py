# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The code in the pages that people read: README files, Markdown pages and the guides of the site."""

from __future__ import annotations

import re
from collections.abc import Iterator
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

    def yaml(self) -> Any:
        """Return what a YAML block holds."""
        return yaml.load(self.text, _Loader)


def snippets(*languages: str) -> list[Snippet]:
    """Return all blocks in these languages; ``""`` are fences of Markdown without language."""
    return [snippet for page in PAGES for snippet in _of_page(page) if snippet.language in languages]


def commands() -> list[tuple[Snippet, str]]:
    """Return every command line for a shell; lines that end in a backslash are joined with the next."""
    found = []
    for snippet in snippets("", "console", "bash", "sh", "shell"):
        prompted = [line.removeprefix("$ ") for line in snippet.text.splitlines() if line.startswith("$ ")]
        lines = prompted if snippet.language == "console" else snippet.text.replace("\\\n", " ").splitlines()
        found += [(snippet, line) for line in lines]
    return found


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
