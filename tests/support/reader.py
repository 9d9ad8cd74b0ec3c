# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A reader who does what a page of the documentation says, block by block, on a clean machine."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType

from ansible_collections.dirsync.bitwarden.tests.support.clean_machine import CleanMachine
from ansible_collections.dirsync.bitwarden.tests.support.snippets import CHECKOUT, Snippet, snippets, with_replaced

VAULT_PASSWORD = "the password of the vault"


class Reader:
    """Reads ``guide_<page>.rst`` from its first block of code to its last one, or else fails.

    What a test puts in the place of a text on the page has to be there.
    """

    def __init__(self, page: str, machine: CleanMachine) -> None:
        path = CHECKOUT / "docs" / "docsite" / "rst" / f"guide_{page}.rst"
        self._left = [snippet for snippet in snippets() if snippet.page == path]
        self._machine = machine
        self.page = path.read_text()
        assert self._left, f"there is no code in {path}"

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert error or not self._left, f"unread: {', '.join(map(str, self._left))}"

    def types(self, text: str = "", *, status: int = 0, replaced: Mapping[str, str] | None = None) -> str:
        """Type the commands of the next block, and ``text`` at what each asks; return what they printed.

        ``status`` is that of the last one.
        """
        commands = list(self._next("console", "shell").commands)
        for old, new in (replaced or {}).items():
            assert any(old in command for command in commands), f"{old} is in none of {commands}"
            commands = [command.replace(old, new) for command in commands]
        printed = [self._machine.shell(command, text) for command in commands[:-1]]
        return "".join([*printed, self._machine.shell(commands[-1], text, status)])

    def writes(self, replaced: Mapping[str, str] | None = None, into: str = "") -> None:
        """Write the next block, which is YAML, into the file that it names, or that the page names in its text."""
        block = self._next("yaml")
        path = into or block.caption
        assert path, f"{block} does not say into which file it belongs"
        self._machine.write(path, with_replaced(block.text, replaced or {}))

    def edits(self, replaced: Mapping[str, str]) -> None:
        """Do as ``ansible-vault create`` says, in a block or in the text, with what the block after it shows."""
        commands = self._next("console").commands if self._left[0].language == "console" else []
        block = self._next("yaml")
        create = f"ansible-vault create {block.caption}"
        assert commands == [create] or create in self.page, create
        self._machine.write("content", with_replaced(block.text, replaced))
        self._machine.shell(f"EDITOR='mv content' {create} --skip-tty-check", f"{VAULT_PASSWORD}\n{VAULT_PASSWORD}\n")

    def shown(self, *languages: str) -> Snippet:
        """Return the next block, which shows something and asks for nothing."""
        return self._next(*languages)

    def _next(self, *languages: str) -> Snippet:
        block = self._left.pop(0)
        assert block.language in languages, f"{block} is {block.language}:\n{block.text}"
        return block
