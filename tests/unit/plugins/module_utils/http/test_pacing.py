# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When requests may start."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http.pacing import Pacer
from ansible_collections.dirsync.bitwarden.tests.doubles.fake_time import FakeTime
from hypothesis import given
from hypothesis import strategies as st


def start(pacer: Pacer, fake_time: FakeTime) -> float:
    """Take a slot, give it back and return when it was granted."""
    with pacer.slot():
        return fake_time.now


def test_without_limits_nobody_waits(fake_time: FakeTime) -> None:
    pacer = Pacer(clock=fake_time.clock, sleep=fake_time.sleep)
    assert [start(pacer, fake_time) for _unused in range(100)] == [0.0] * 100


def test_window_is_kept(fake_time: FakeTime) -> None:
    pacer = Pacer([(2, 1.0)], clock=fake_time.clock, sleep=fake_time.sleep)
    assert [start(pacer, fake_time) for _unused in range(5)] == [0.0, 0.0, 1.0, 1.0, 2.0]


def test_every_window_is_kept(fake_time: FakeTime) -> None:
    pacer = Pacer([(6, 60.0), (5, 1.0)], clock=fake_time.clock, sleep=fake_time.sleep)
    assert [start(pacer, fake_time) for _unused in range(8)] == [0.0] * 5 + [1.0, 60.0, 60.0]


@given(
    limits=st.lists(st.tuples(st.integers(1, 7), st.sampled_from([0.5, 1.0, 10.0])), min_size=1, max_size=3),
    pauses=st.lists(st.sampled_from([0.0, 0.0, 0.25, 3.0]), max_size=30),
)
def test_no_window_ever_holds_more_than_its_limit(limits: list[tuple[int, float]], pauses: list[float]) -> None:
    fake_time = FakeTime()
    pacer = Pacer(limits, clock=fake_time.clock, sleep=fake_time.sleep)
    starts = []
    for pause in pauses:
        fake_time.now += pause
        starts.append(start(pacer, fake_time))
    for count, seconds in limits:
        assert all(later - earlier >= seconds for earlier, later in zip(starts, starts[count:], strict=False))


def test_pause_holds_everybody_back(fake_time: FakeTime) -> None:
    pacer = Pacer(clock=fake_time.clock, sleep=fake_time.sleep)
    pacer.pause(10)
    pacer.pause(5)
    assert start(pacer, fake_time) == 10.0
    assert start(pacer, fake_time) == 10.0


class Gauge:
    """Counts the threads inside of a pacer's slots and lets them out together."""

    def __init__(self, pacer: Pacer) -> None:
        self._pacer = pacer
        self._lock = threading.Condition()
        self._inside = 0
        self.most = 0

    def run(self, threads: int, expected: int) -> None:
        """Let ``threads`` requests begin at once; each stays until ``expected`` are inside, or no more can come."""
        self.most = 0
        left = threads

        def request(_unused: int) -> None:
            nonlocal left
            with self._pacer.slot(), self._lock:
                self._inside += 1
                self.most = max(self.most, self._inside)
                self._lock.notify_all()
                self._lock.wait_for(lambda: self.most >= expected or left <= expected, 10)
                self._inside -= 1
                left -= 1
                self._lock.notify_all()

        with ThreadPoolExecutor(threads) as executor:
            list(executor.map(request, range(threads)))


def test_concurrency_halves_and_grows_again(fake_time: FakeTime) -> None:
    pacer = Pacer(concurrency=8, clock=fake_time.clock, sleep=fake_time.sleep)
    gauge = Gauge(pacer)
    gauge.run(12, 8)
    assert gauge.most == 8
    pacer.pause(0, reduce=True)
    pacer.pause(0, reduce=True)
    gauge.run(8, 2)
    assert gauge.most == 2
    for _unused in range(2 + 3):
        pacer.succeeded()
    gauge.run(8, 4)
    assert gauge.most == 4
    for _unused in range(100):
        pacer.succeeded()
    gauge.run(12, 8)
    assert gauge.most == 8


def test_refusals_of_requests_that_ran_at_once_halve_once(fake_time: FakeTime) -> None:
    pacer = Pacer(concurrency=8, clock=fake_time.clock, sleep=fake_time.sleep)
    for _unused in range(8):
        pacer.pause(1, reduce=True)
    gauge = Gauge(pacer)
    gauge.run(8, 4)
    assert gauge.most == 4


def test_concurrency_never_falls_below_one(fake_time: FakeTime) -> None:
    pacer = Pacer(concurrency=2, clock=fake_time.clock, sleep=fake_time.sleep)
    for _unused in range(5):
        pacer.pause(1, reduce=True)
        fake_time.now += 1
    assert start(pacer, fake_time) == 5.0


def test_slot_is_given_back_after_an_error(fake_time: FakeTime) -> None:
    pacer = Pacer(concurrency=1, clock=fake_time.clock, sleep=fake_time.sleep)
    with pytest.raises(RuntimeError), pacer.slot():
        raise RuntimeError
    assert start(pacer, fake_time) == 0.0


def test_threads_share_one_bucket(fake_time: FakeTime) -> None:
    pacer = Pacer([(5, 1.0)], concurrency=4, clock=fake_time.clock, sleep=fake_time.sleep)
    with ThreadPoolExecutor(8) as executor:
        starts = sorted(executor.map(lambda _unused: start(pacer, fake_time), range(40)))
    assert starts[-1] >= 7.0


def test_time_held_back_is_counted_once_for_all_who_wait(fake_time: FakeTime) -> None:
    both_wait = threading.Barrier(2)

    def sleep(seconds: float) -> None:
        both_wait.wait(10)
        fake_time.now = 14.0

    pacer = Pacer([(1, 10.0)], clock=fake_time.clock, sleep=fake_time.sleep)
    start(pacer, fake_time)
    assert pacer.throttled_seconds == 0.0
    start(pacer, fake_time)
    assert pacer.throttled_seconds == 10.0

    paused = Pacer(clock=fake_time.clock, sleep=sleep)
    paused.pause(4)
    with ThreadPoolExecutor(2) as executor:
        list(executor.map(lambda _unused: start(paused, fake_time), range(2)))
    assert paused.throttled_seconds == 4.0
