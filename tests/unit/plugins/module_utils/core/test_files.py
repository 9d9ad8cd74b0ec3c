# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Private files: who may read them, what happens to links, and what a crash leaves behind."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.files import (
    read_private,
    require_writable,
    unsafe_reason,
    write_private,
    write_shared,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file"


def status(mode: int = stat.S_IFREG | 0o600, uid: int | None = None) -> os.stat_result:
    return os.stat_result((mode, 0, 0, 1, os.geteuid() if uid is None else uid, 0, 0, 0, 0, 0))


def test_a_file_is_written_for_its_owner_alone(path: Path) -> None:
    write_private(path, [b"one ", b"two"])
    assert path.read_bytes() == b"one two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_others_could_read_is_replaced_by_a_private_one(path: Path) -> None:
    path.write_bytes(b"old")
    path.chmod(0o666)
    write_private(path, [b"new"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_shared_file_is_for_all_to_read_whatever_the_umask(path: Path) -> None:
    before = os.umask(0o077)
    try:
        write_shared(path, [b"one"])
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_a_link_is_replaced_and_its_target_left_alone(path: Path) -> None:
    target = path.with_name("target")
    target.write_bytes(b"precious")
    path.symlink_to(target)
    write_private(path, [b"new"])
    assert not path.is_symlink()
    assert target.read_bytes() == b"precious"


def test_whoever_has_the_old_file_open_keeps_reading_it(path: Path) -> None:
    write_private(path, [b"old"])
    with path.open("rb") as reader:
        write_private(path, [b"new"])
        assert reader.read() == b"old"


@pytest.mark.parametrize("error", [OSError("no space"), KeyboardInterrupt(), ValueError()])
def test_a_crash_keeps_the_old_file_and_leaves_no_other(path: Path, error: BaseException) -> None:
    def content() -> Iterator[bytes]:
        yield b"half"
        raise error

    write_private(path, [b"old"])
    with pytest.raises((type(error), ConfigurationError)):
        write_private(path, content())
    assert path.read_bytes() == b"old"
    assert list(path.parent.iterdir()) == [path]


def test_a_folder_that_is_missing_is_named(path: Path) -> None:
    for write in (require_writable, lambda missing: write_private(missing, [b"x"])):
        with pytest.raises(ConfigurationError, match=r"missing/file cannot be written: No such file.* existing folder"):
            write(path.parent / "missing" / "file")


def test_a_folder_in_the_way_is_named_and_nothing_is_left(path: Path) -> None:
    path.mkdir()
    for write in (require_writable, lambda folder: write_private(folder, [b"x"])):
        with pytest.raises(ConfigurationError, match="file cannot be written: Is a directory"):
            write(path)
    assert list(path.parent.iterdir()) == [path]


def test_what_can_be_written_is_not_touched_beforehand(path: Path) -> None:
    require_writable(path)
    assert list(path.parent.iterdir()) == []
    write_private(path, [b"old"])
    require_writable(path)
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize("uid", [None, 0], ids=["ours", "root's"])
def test_a_private_file_is_safe(uid: int | None) -> None:
    assert unsafe_reason(status(uid=uid)) is None


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (status(stat.S_IFREG | 0o640), "other users may access it (mode 0640)"),
        (status(stat.S_IFREG | 0o602), "other users may access it (mode 0602)"),
        (status(stat.S_IFLNK | 0o600), "it is not a regular file"),
        (status(stat.S_IFIFO | 0o600), "it is not a regular file"),
        (status(uid=os.geteuid() + 1), f"it belongs to another user (uid {os.geteuid() + 1})"),
    ],
)
def test_any_other_file_is_not(found: os.stat_result, reason: str) -> None:
    assert unsafe_reason(found) == reason


def test_only_a_private_file_is_read(path: Path) -> None:
    write_private(path, [b"content"])
    assert read_private(path) == b"content"
    path.chmod(0o620)
    with pytest.raises(ValueError, match=r"other users may access it \(mode 0620\)"):
        read_private(path)


def test_no_link_is_followed_and_no_pipe_waited_for(path: Path) -> None:
    write_private(path.parent / "target", [b"content"])
    path.symlink_to(path.parent / "target")
    with pytest.raises(OSError, match="symbolic links"):
        read_private(path)
    path.unlink()
    os.mkfifo(path, 0o600)
    with pytest.raises(ValueError, match="not a regular file"):
        read_private(path)
