# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files replaced so that nobody can redirect them or see half of one, private ones so that nobody else reads them."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Iterable
from pathlib import Path

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError


def write_private(path: Path, content: Iterable[bytes]) -> None:
    """Replace the file at ``path`` in one step by one of mode 0600 with this content; see :func:`_replace`."""
    _replace(path, content, 0o600)


def write_shared(path: Path, content: Iterable[bytes]) -> None:
    """Replace the file at ``path`` in one step by one of mode 0644 with this content; see :func:`_replace`."""
    _replace(path, content, 0o644)


def _replace(path: Path, content: Iterable[bytes], mode: int) -> None:
    """Replace a file in one step.

    A reader sees the old file or the new one, also after a crash; a symbolic link at ``path`` is replaced, not
    followed. Raises ConfigurationError when the folder is missing or not writable.
    """
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(content)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        raise _unwritable(path, error) from error
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def require_writable(path: Path) -> None:
    """Raise now the ConfigurationError that :func:`write_private` would raise later."""
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise _unwritable(path, error) from error


def read_private(path: Path) -> bytes:
    """Return the content of a file that only its owner, this user or root, can have written.

    Raises OSError where it cannot be read, a symbolic link included, and ValueError for a file that others may access.
    """
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW
    with os.fdopen(os.open(path, flags), "rb") as file:
        reason = unsafe_reason(os.fstat(file.fileno()))
        if reason:
            raise ValueError(reason)
        return file.read()


def unsafe_reason(status: os.stat_result) -> str | None:
    """Return why a file with this status must not be trusted as private, or None."""
    if not stat.S_ISREG(status.st_mode):
        return "it is not a regular file"
    if status.st_uid not in (os.geteuid(), 0):
        return f"it belongs to another user (uid {status.st_uid})"
    if status.st_mode & 0o077:
        return f"other users may access it (mode {stat.S_IMODE(status.st_mode):04o})"
    return None


def _unwritable(path: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"The file {path} cannot be written: {error.strerror or error}",
        hint="Give a path in an existing folder that the user of this run may write to",
    )
