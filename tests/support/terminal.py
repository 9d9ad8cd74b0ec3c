# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does at a shell what a block of commands says, as somebody who copies them does."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from ansible_collections.dirsync.bitwarden.tests.support.snippets import Snippet, with_replaced


def follow(
    block: Snippet,
    folder: Path,
    *,
    environment: Mapping[str, str] | None = None,
    replaced: Mapping[str, str] | None = None,
    typed: str = "",
    failing: bool = False,
) -> str:
    """Run the commands of a block in a folder, one after the other in one shell, and return what they printed.

    ``replaced`` are words of the block and what stands for them on this machine, ``typed`` is what each command is
    answered when it asks. A command that fails ends the test, unless the last one is to fail.
    """
    commands = "\n".join(f'{{ {command}\n}} <<<"$TYPED"' for command in block.commands if command)
    commands = with_replaced(commands, replaced or {})
    run = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        # Without a terminal of its own, whatever asks for a password asks the standard input.
        start_new_session=True,
        env={**os.environ, **(environment or {}), "TYPED": typed},
    )
    assert (run.returncode != 0) == failing, f"{block}:\n{run.stdout}"
    return run.stdout
