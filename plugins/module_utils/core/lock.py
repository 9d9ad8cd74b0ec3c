# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lock that keeps two runs on one machine from writing to the same organization at the same time."""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError, LockedError

POLL_SECONDS = 0.2


def default_lock_directory() -> Path:
    """Return the folder for locks, the same for a login, a timer and cron: below the user's own cache folder."""
    return Path.home() / ".cache" / "dirsync.bitwarden"


@contextmanager
def organization_lock(
    organization: str,
    directory: Path,
    timeout: float,
    *,
    shared: bool = False,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[None]:
    """Hold the lock of ``organization`` (any text that identifies it); wait for it up to ``timeout`` seconds.

    A ``shared`` lock is for other users too: the group of its file may take it.

    The kernel frees the lock when the process ends in whatever way. Raises LockedError when another run keeps it,
    and ConfigurationError when the lock file cannot be made.
    """
    name = hashlib.sha256(organization.encode()).hexdigest()[:32] + ".lock"
    try:
        directory.mkdir(mode=0o770 if shared else 0o700, parents=True, exist_ok=True)
        descriptor = _opened(directory / name, shared)
    except OSError as error:
        raise ConfigurationError(
            f"The lock file {directory / name} cannot be opened: {error.strerror}",
            hint="Give a folder in lock_directory that the user of this run may write to. Where several users share "
            "it, it has to belong to a group of them all and hand it on to its files, as chmod 2770 makes it",
        ) from error
    try:
        _acquire(descriptor, organization, timeout, clock, sleep)
        yield
    finally:
        os.close(descriptor)


def _opened(path: Path, shared: bool) -> int:
    """Open the file, made where it is missing, without following a link."""
    flags = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        # Linux may refuse to make a file that another user has made, even where it may be opened.
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        descriptor = os.open(path, flags | os.O_CREAT, 0o600)
    if shared and os.fstat(descriptor).st_uid == os.geteuid():
        os.fchmod(descriptor, 0o660)
    return descriptor


def _acquire(
    descriptor: int, organization: str, timeout: float, clock: Callable[[], float], sleep: Callable[[float], None]
) -> None:
    deadline = clock() + timeout
    while not _locked(descriptor):
        if clock() >= deadline:
            raise LockedError(
                f"Another run is working on {organization}",
                hint="Wait until it has ended, or raise lock_timeout so that this run waits for it",
            )
        sleep(POLL_SECONDS)


def _locked(descriptor: int) -> bool:
    """Try to take the lock and say whether it is ours."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
