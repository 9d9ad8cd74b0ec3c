# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Snapshot files: private, complete or refused, compressed when their name ends in ``.gz``."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import SnapshotError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.files import unsafe_reason, write_private
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.snapshot.format import decode, encode

_GZIP_MAGIC = b"\x1f\x8b"
_AGAIN = "Make the snapshot again with directory_facts"
_GZIP_LEVEL = 3  # higher levels take twice the time for little


def write_snapshot(snapshot: Snapshot, path: Path) -> str:
    """Write the snapshot to ``path`` in one step with mode 0600 and return its digest.

    Equal snapshots make equal files, compressed or not. Raises ConfigurationError where the file cannot be written.
    """
    digest, chunks = encode(snapshot)
    write_private(path, _compressed(chunks) if path.suffix == ".gz" else chunks)
    return digest


def read_snapshot(path: Path) -> Snapshot:
    """Return the snapshot at ``path``.

    Raises SnapshotError for a file that is missing, truncated, altered or of another format or version, and for a link,
    a file of another user or one that group or others may access: whoever can write a snapshot decides who gets into
    the organization, and it holds personal data.
    """
    try:
        with os.fdopen(_open(path), "rb", buffering=1 << 18) as file:
            reason = unsafe_reason(os.fstat(file.fileno()))
            if reason:
                raise SnapshotError(reason, hint="Keep snapshots private to the user that runs the modules (chmod 600)")
            compressed = file.read(2) == _GZIP_MAGIC
            file.seek(0)
            return decode(gzip.GzipFile(fileobj=file) if compressed else file)
    except SnapshotError as error:
        raise SnapshotError(f"The snapshot {path} cannot be used: {error.what}", hint=error.hint or _AGAIN) from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise SnapshotError(f"The snapshot {path} cannot be used: its data is damaged", hint=_AGAIN) from error
    except OSError as error:
        hint = "Give the path of a file that directory_facts wrote on this host"
        raise SnapshotError(f"The snapshot {path} cannot be read: {error.strerror}", hint=hint) from error


def _open(path: Path) -> int:
    """Return a descriptor of the file itself: what is checked is the open file, which nobody can exchange any more."""
    if path.is_symlink():
        raise SnapshotError("it is a symbolic link", hint="Give the path of the file itself")
    return os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW)


def _compressed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the chunks as one gzip member (RFC 1952) without time or name."""
    compressor = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    for chunk in chunks:
        yield compressor.compress(chunk)
    yield compressor.flush()
