# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is in a group, nested groups included.

A set of users is one integer, a bitset: bit n stands for the user at position n. Uniting two sets of 100,000 users
then costs microseconds. Groups that contain each other, in whatever circle, form one strongly connected component and
have the same users, so each component is worked out once, after the components that it contains.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import compress
from typing import Generic, TypeVar

from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import DirectGroup, Reading

T = TypeVar("T")

_BITS_OF_BYTE = tuple(tuple(bit for bit in range(8) if byte >> bit & 1) for byte in range(256))
_ASCII_TO_BIT = bytes.maketrans(b"01", b"\0\1")
_NONZERO_TO_ONE = b"\0" + b"\1" * 255


def flatten(reading: Reading) -> list[int]:
    """Return for each group of the reading, in order, the bitset of its users over all levels of nesting.

    A group that contains ``everyone`` contains the active users of the reading.
    """
    groups = reading.groups
    width = len(reading.users)
    everyone = 0
    if any(group.everyone for group in groups):
        everyone = bitset((n for n, user in enumerate(reading.users) if user.status == "active"), width)
    component_of = [0] * len(groups)
    component_bits: list[int] = []
    for number, component in enumerate(components([group.groups for group in groups])):
        for group in component:
            component_of[group] = number
        members = [groups[group] for group in component]
        bits = bitset((user for group in members for user in group.users), width)
        for child in _children(members, component_of):
            if child != number:
                bits |= component_bits[child]
        if any(group.everyone for group in members):
            bits |= everyone
        component_bits.append(bits)
    return [component_bits[number] for number in component_of]


def components(children: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return the strongly connected components of a graph, each after all components that it leads to.

    ``children[n]`` are the nodes that node n points at. Tarjan's algorithm (1972), without recursion, so that a chain
    of any length can be followed.
    """
    found: list[list[int]] = []
    order = [0] * len(children)  # when a node was first visited, 0: not yet
    lowest = [0] * len(children)  # the earliest node on the path that is known to be reachable
    on_path = bytearray(len(children))
    path: list[int] = []
    visits = 0
    for root in range(len(children)):
        if order[root]:
            continue
        visits += 1
        order[root] = lowest[root] = visits
        on_path[root] = 1
        path.append(root)
        work = [(root, iter(children[root]))]
        while work:
            node, rest = work[-1]
            for child in rest:
                if not order[child]:
                    visits += 1
                    order[child] = lowest[child] = visits
                    on_path[child] = 1
                    path.append(child)
                    work.append((child, iter(children[child])))
                    break
                if on_path[child]:
                    lowest[node] = min(lowest[node], order[child])
            else:
                work.pop()
                if work:
                    parent = work[-1][0]
                    lowest[parent] = min(lowest[parent], lowest[node])
                if lowest[node] == order[node]:
                    component: list[int] = []
                    while not component or component[-1] != node:
                        component.append(path.pop())
                        on_path[component[-1]] = 0
                    found.append(component)
    return found


def bitset(positions: Iterable[int], width: int) -> int:
    """Return the bitset of ``positions``, all of them below ``width``."""
    buffer = bytearray((width + 7) >> 3)
    for position in positions:
        buffer[position >> 3] |= 1 << (position & 7)
    return int.from_bytes(buffer, "little")


class Listing(Generic[T]):
    """Turns bitsets into tuples of what stands at their positions, for instance external ids."""

    def __init__(self, values: Sequence[T]) -> None:
        self._values = values
        self._reversed = values[::-1]

    def of(self, bits: int) -> tuple[T, ...]:
        """Return the values at the set positions, in the order of the positions."""
        width = len(self._values)
        if bits.bit_count() * 32 < width:
            values = self._values
            return tuple([values[position] for position in _sparse_positions(bits)])
        digits = format(bits, f"0{width}b").encode().translate(_ASCII_TO_BIT) if bits else b""
        return tuple(compress(self._reversed, digits))[::-1]


def _sparse_positions(bits: int) -> list[int]:
    """Return the set positions, ascending, by looking at the bytes that are not zero only."""
    data = bits.to_bytes((bits.bit_length() + 7) >> 3, "little")
    # To find one certain byte is many times faster than to find any but one.
    find = data.translate(_NONZERO_TO_ONE).find
    positions: list[int] = []
    at = find(1)
    while at >= 0:
        first = at << 3
        positions += [first + bit for bit in _BITS_OF_BYTE[data[at]]]
        at = find(1, at + 1)
    return positions


def _children(members: Sequence[DirectGroup], component_of: Sequence[int]) -> set[int]:
    """Return the components that the groups of one component contain directly."""
    return {component_of[child] for group in members for child in group.groups}
