# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lock that keeps two runs apart: within a process, between processes, and after a death."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core import lock
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import ConfigurationError, LockedError
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.lock import (
    default_lock_directory,
    organization_lock,
)
from ansible_collections.dirsync.bitwarden.tests.doubles.fake_time import FakeTime

HOLDER = """
import sys
from pathlib import Path
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.lock import organization_lock
with organization_lock("ours", Path(sys.argv[1]), 0):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def other_process(directory: Path) -> Iterator[subprocess.Popen[str]]:
    """Hold the lock in another process until its standard input ends."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(directory)],
        env={"PYTHONPATH": os.environ["ANSIBLE_COLLECTIONS_PATH"]},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def test_the_lock_is_private_and_free_again_afterwards(tmp_path: Path) -> None:
    directory = tmp_path / "new" / "locks"
    for _unused in range(2):
        with organization_lock("ours", directory, 0):
            [file] = directory.iterdir()
            assert file.stat().st_mode & 0o777 == 0o600
    assert directory.stat().st_mode & 0o777 == 0o700


def test_a_shared_lock_is_one_for_its_group(tmp_path: Path) -> None:
    with organization_lock("ours", tmp_path, 0):
        pass
    # One that an earlier version left is opened to the group too.
    with organization_lock("ours", tmp_path, 0, shared=True):
        [file] = tmp_path.iterdir()
        assert file.stat().st_mode & 0o777 == 0o660


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_user_of_the_group_takes_a_lock_that_another_one_made(tmp_path: Path) -> None:
    reachable = Path(tempfile.mkdtemp(dir="/tmp"))
    try:
        os.chown(reachable, -1, 4711)
        reachable.chmod(0o2770)
        with organization_lock("ours", reachable, 0, shared=True):
            [file] = reachable.iterdir()
        os.setegid(4711)
        os.seteuid(4712)
        try:
            with organization_lock("ours", reachable, 0, shared=True):
                assert file.stat().st_uid == 0
        finally:
            os.seteuid(0)
            os.setegid(0)
    finally:
        shutil.rmtree(reachable)


def test_the_lock_is_free_after_a_failure(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), organization_lock("ours", tmp_path, 0):
        raise ZeroDivisionError
    with organization_lock("ours", tmp_path, 0):
        pass


def test_organizations_do_not_wait_for_each_other(tmp_path: Path) -> None:
    with organization_lock("ours", tmp_path, 0), organization_lock("theirs", tmp_path, 0):
        assert len(list(tmp_path.iterdir())) == 2


def test_another_process_keeps_us_out_until_it_dies(tmp_path: Path) -> None:
    with other_process(tmp_path) as process:
        with (
            pytest.raises(LockedError, match=r"Another run is working on ours.*lock_timeout"),
            organization_lock("ours", tmp_path, 0),
        ):
            pytest.fail("two runs hold the lock")
        process.kill()
        process.wait()
        with organization_lock("ours", tmp_path, 0):
            pass


def test_a_run_waits_no_longer_than_the_timeout(tmp_path: Path) -> None:
    time = FakeTime()
    with (
        organization_lock("ours", tmp_path, 0),
        pytest.raises(LockedError),
        organization_lock("ours", tmp_path, 3, clock=time.clock, sleep=time.sleep),
    ):
        pytest.fail("two runs hold the lock")
    assert 3 <= time.now < 3 + 2 * lock.POLL_SECONDS


def test_a_run_goes_on_as_soon_as_the_other_one_ends(tmp_path: Path) -> None:
    with other_process(tmp_path) as process:

        def sleep(seconds: float) -> None:
            process.kill()
            process.wait()

        with organization_lock("ours", tmp_path, 60, sleep=sleep):
            assert process.returncode is not None


def test_a_lock_file_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    with organization_lock("ours", tmp_path / "locks", 0):
        [file] = (tmp_path / "locks").iterdir()
    file.unlink()
    file.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigurationError, match="lock_directory"), organization_lock("ours", tmp_path / "locks", 0):
        pytest.fail("the link was followed")
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(ConfigurationError, match=r"The lock file .*file/.* cannot be opened"),
        organization_lock("ours", tmp_path / "file", 0),
    ):
        pytest.fail("there is no folder")


def test_the_lock_of_a_login_and_that_of_cron_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    for runtime in ("/run/user/7", ""):
        monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
        assert default_lock_directory() == Path("/home/ann/.cache/dirsync.bitwarden")
