# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Flattened memberships, compared with a plain walk over the groups."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.membership import (
    Listing,
    bitset,
    components,
    flatten,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import (
    DirectGroup,
    Reading,
    User,
    UserStatus,
)
from hypothesis import given
from hypothesis import strategies as st

STATUSES: tuple[UserStatus, ...] = ("active", "disabled", "deleted")


def reading(statuses: Sequence[UserStatus], groups: list[tuple[list[int], list[int], bool]]) -> Reading:
    """Make a reading of numbered users with these statuses, and groups of (users, groups, everyone)."""
    return Reading(
        users=[User(f"u{n}", None, None, status, "test") for n, status in enumerate(statuses)],
        groups=[
            DirectGroup(f"g{n}", f"Group {n}", users, children, everyone)
            for n, (users, children, everyone) in enumerate(groups)
        ],
    )


def walk(read: Reading, start: int) -> set[int]:
    """Return the positions of the users that a plain walk finds below the group ``start``."""
    seen = {start}
    waiting = [start]
    users: set[int] = set()
    while waiting:
        group = read.groups[waiting.pop()]
        users.update(group.users)
        if group.everyone:
            users.update(n for n, user in enumerate(read.users) if user.status == "active")
        waiting.extend(set(group.groups) - seen)
        seen.update(group.groups)
    return users


def positions(bits: int, width: int) -> list[int]:
    return list(Listing(range(width)).of(bits))


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    """Draw a small reading with any kind of nesting: cycles, diamonds, groups within themselves."""
    statuses: list[UserStatus] = draw(st.lists(st.sampled_from(STATUSES), max_size=20))
    count = draw(st.integers(0, 12))
    users = st.lists(st.integers(0, len(statuses) - 1), max_size=6) if statuses else st.just([])
    children = st.lists(st.integers(0, count - 1), max_size=4) if count else st.just([])
    everyone = st.sampled_from([False, False, False, True])
    return reading(statuses, draw(st.lists(st.tuples(users, children, everyone), min_size=count, max_size=count)))


@given(readings())
def test_every_group_has_the_users_that_a_walk_finds(read: Reading) -> None:
    width = len(read.users)
    assert [positions(bits, width) for bits in flatten(read)] == [
        sorted(walk(read, group)) for group in range(len(read.groups))
    ]


@given(readings())
def test_components_partition_the_groups_children_first(read: Reading) -> None:
    children = [group.groups for group in read.groups]
    found = components(children)
    assert sorted(node for component in found for node in component) == list(range(len(children)))
    place = {node: number for number, component in enumerate(found) for node in component}
    assert all(place[child] <= place[node] for node, below in enumerate(children) for child in below)


@given(st.integers(1, 2000), st.data())
def test_listing_gives_back_the_positions_of_a_bitset(width: int, data: st.DataObject) -> None:
    chosen = data.draw(st.sets(st.integers(0, width - 1), max_size=50))
    assert positions(bitset(chosen, width), width) == sorted(chosen)


def test_listing_of_full_and_empty_sets() -> None:
    ids = [f"u{n}" for n in range(130)]
    assert Listing(ids).of((1 << 130) - 1) == tuple(ids)
    assert Listing(ids).of(0) == ()
    assert Listing([]).of(0) == ()


def test_a_long_chain_needs_no_recursion() -> None:
    length = 5000
    chain = [([n], [n + 1] if n + 1 < length else [], False) for n in range(length)]
    flat = flatten(reading(["active"] * length, chain))
    assert [bits.bit_count() for bits in flat] == list(range(length, 0, -1))


def test_a_ring_shares_its_users_but_not_those_of_the_groups_above() -> None:
    above = ([0], [1], False)
    ring: list[tuple[list[int], list[int], bool]] = [([1], [2], False), ([2], [3], False), ([], [1], False)]
    flat = flatten(reading(["active"] * 3, [above, *ring]))
    assert [positions(bits, 3) for bits in flat] == [[0, 1, 2], [1, 2], [1, 2], [1, 2]]


def test_everyone_means_the_active_users_and_is_inherited() -> None:
    flat = flatten(reading(["active", "disabled", "deleted", "active"], [([], [1], False), ([1], [], True)]))
    assert [positions(bits, 4) for bits in flat] == [[0, 1, 3], [0, 1, 3]]
