# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Snapshot files: private, complete or refused."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError, SnapshotError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Group, Snapshot, User
from ansible_collections.dirsync.bitwarden.plugins.module_utils.snapshot.format import digest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.snapshot.store import read_snapshot, write_snapshot

SNAPSHOT = Snapshot(
    users=(User("id-1", "ann@example.org", "Ann", "active", "hr"),),
    groups=(Group("g-1", "Staff", "hr", ("id-1",)),),
    created="2026-03-01T12:00:00Z",
)


@pytest.fixture(params=["snapshot.json", "snapshot.json.gz"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return tmp_path / str(request.param)


def test_what_is_written_is_read(path: Path) -> None:
    assert write_snapshot(SNAPSHOT, path) == digest(SNAPSHOT)
    assert read_snapshot(path) == SNAPSHOT
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_equal_snapshots_make_equal_files(path: Path) -> None:
    write_snapshot(SNAPSHOT, path)
    first = path.read_bytes()
    write_snapshot(SNAPSHOT, path)
    assert path.read_bytes() == first


def test_a_name_in_gz_means_compression(tmp_path: Path) -> None:
    write_snapshot(SNAPSHOT, tmp_path / "s.json.gz")
    assert (tmp_path / "s.json.gz").read_bytes()[:2] == b"\x1f\x8b"
    write_snapshot(SNAPSHOT, tmp_path / "s.json")
    assert json.loads((tmp_path / "s.json").read_bytes())["version"] == 1


def test_a_file_cut_or_damaged_anywhere_is_refused(path: Path) -> None:
    write_snapshot(SNAPSHOT, path)
    content = path.read_bytes()
    for length in range(len(content)):
        path.write_bytes(content[:length])
        with pytest.raises(SnapshotError, match="cannot be used"):
            read_snapshot(path)
    path.write_bytes(content[:-6] + b"??????")
    with pytest.raises(SnapshotError, match="cannot be used"):
        read_snapshot(path)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o644])
def test_a_file_open_to_others_is_refused(path: Path, mode: int) -> None:
    write_snapshot(SNAPSHOT, path)
    path.chmod(mode)
    with pytest.raises(SnapshotError, match=f"mode {mode:04o}.*chmod 600"):
        read_snapshot(path)


def test_a_file_of_another_user_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_snapshot(SNAPSHOT, path)
    if os.geteuid() == 0:
        os.chown(path, 12345, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(SnapshotError, match="another user"):
        read_snapshot(path)


def test_a_link_is_refused(path: Path) -> None:
    write_snapshot(SNAPSHOT, path)
    link = path.parent / "latest"
    link.symlink_to(path)
    with pytest.raises(SnapshotError, match="symbolic link"):
        read_snapshot(link)


def test_writing_replaces_a_link_and_leaves_its_target_alone(path: Path) -> None:
    victim = path.parent / "victim"
    victim.write_text("untouched")
    path.symlink_to(victim)
    write_snapshot(SNAPSHOT, path)
    assert victim.read_text() == "untouched"
    assert not path.is_symlink()


def test_a_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(SnapshotError, match="not a regular file"):
        read_snapshot(tmp_path / "pipe")


def test_a_missing_file_and_a_missing_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="No such file"):
        read_snapshot(tmp_path / "none.json")
    with pytest.raises(ConfigurationError, match=r"none/s\.json cannot be written"):
        write_snapshot(SNAPSHOT, tmp_path / "none" / "s.json")


def test_a_failed_write_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    write_snapshot(SNAPSHOT, path)
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(ConfigurationError, match="No space left"):
        write_snapshot(Snapshot((), ()), path)
    assert read_snapshot(path) == SNAPSHOT
    assert list(path.parent.iterdir()) == [path]
