# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Doing the same for many items at once."""

from __future__ import annotations

import threading

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.parallel import map_concurrently


def test_results_come_in_the_order_of_the_items() -> None:
    second_done = threading.Event()

    def double(item: int) -> int:
        if item == 1:
            second_done.wait(10)
        else:
            second_done.set()
        return item * 2

    assert map_concurrently(double, [1, 2, 3], workers=2) == [2, 4, 6]


def test_no_items_no_results() -> None:
    assert map_concurrently(str, [], workers=4) == []


def test_items_run_at_once() -> None:
    barrier = threading.Barrier(4, timeout=10)
    assert sorted(map_concurrently(lambda _unused: barrier.wait(), range(4), workers=4)) == [0, 1, 2, 3]


def test_first_error_keeps_the_rest_from_beginning() -> None:
    begun: list[int] = []

    def fail_on_second(item: int) -> int:
        begun.append(item)
        if item == 1:
            raise ValueError(f"item {item}")
        return item

    with pytest.raises(ValueError, match="item 1"):
        map_concurrently(fail_on_second, range(1000), workers=1)
    assert begun == [0, 1]


def test_interruption_keeps_the_rest_from_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []
    first_begun = threading.Event()
    release = threading.Event()

    def hold(item: int) -> None:
        begun.append(item)
        first_begun.set()
        release.wait(10)

    def interrupted(*args: object, **kwargs: object) -> None:
        first_begun.wait(10)
        threading.Timer(0.01, release.set).start()
        raise KeyboardInterrupt

    monkeypatch.setattr("ansible_collections.dirsync.bitwarden.plugins.module_utils.http.parallel.wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        map_concurrently(hold, range(1000), workers=1)
    assert begun == [0]
