# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading whole searches from canned answers: complete, or an error that says why not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pytest
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    DirectoryAuthenticationError,
    DirectoryConnectionError,
    DirectoryError,
    IncompleteReadError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.channel import RECEIVE_SIZE
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.errors import (
    ConnectionLostError,
    NoSuchObjectError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.filters import parse_filter
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.paging import Control, Search
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.reader import SearchReader
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.wire import Entry
from ansible_collections.dirsync.bitwarden.tests.servers.ldap_messages import Request, Writer, parse_request

SEARCH = Search("ou=people,dc=x", parse_filter("(cn=*)", "a test"), ("cn",))

Answer = Callable[[Request], bytes]


class CannedChannel:
    """Answers each request with the next canned answer, cut into pieces."""

    def __init__(self, answers: Iterable[Answer], cut: Callable[[bytes], list[bytes]] = lambda data: [data]) -> None:
        self.requests: list[Request] = []
        self._answers = iter(answers)
        self._cut = cut
        self._pieces: list[bytes] = []

    def send(self, data: bytes) -> None:
        assert not self._pieces, "a request was sent before the answer to the last one was received"
        request = parse_request(data)
        self.requests.append(request)
        answer = next(self._answers)(request)
        self._pieces = [piece for piece in self._cut(answer) if piece]

    def receive(self) -> bytes:
        if not self._pieces:
            raise ConnectionLostError("the server closed the connection")
        return self._pieces.pop(0)


def page(
    names: Iterable[str], *, cookie: bytes | None = None, code: int = 0, text: str = "", writer: Writer | None = None
) -> Answer:
    """Return an answer with these entries; without a cookie the page has no paging control."""
    writer = writer or Writer()

    def answer(request: Request) -> bytes:
        entries = [writer.message(request.message_id, writer.entry(f"cn={name}", {"cn": [name]})) for name in names]
        controls = [] if cookie is None else [writer.page_control(cookie)]
        return b"".join(entries) + writer.message(request.message_id, writer.result(code, text), *controls)

    return answer


def reader(channel: CannedChannel, page_size: int = 1000) -> SearchReader:
    return SearchReader(channel, server="ldaps://a.example.org:636", account="cn=reader", page_size=page_size)


def read(channel: CannedChannel, page_size: int = 1000) -> list[Entry]:
    return [entry for batch in reader(channel, page_size).read(SEARCH) for entry in batch]


def names(entries: Iterable[Entry]) -> list[str]:
    return [dn.decode().removeprefix("cn=") for dn, _unused in entries]


@pytest.mark.parametrize("octets", [0, 2, 4])
def test_reads_the_same_however_the_answer_is_cut(octets: int) -> None:
    writer = Writer(octets)
    pages = [
        page(["a", "b" * 130, "\u00fc"], cookie=b"\0more", writer=writer),
        page([], cookie=b"still more", writer=writer),
        page(["c"], cookie=b"", writer=writer),
    ]
    expected = ["a", "b" * 130, "\u00fc", "c"]
    assert names(read(CannedChannel(pages))) == expected
    assert names(read(CannedChannel(pages, lambda data: [bytes([octet]) for octet in data]))) == expected
    longest = len(pages[0](Request(1, 0x63, [], {})))
    for position in range(1, longest):

        def cut(data: bytes, at: int = position) -> list[bytes]:
            return [data[:at], data[at:]]

        assert names(read(CannedChannel(pages, cut))) == expected


def test_asks_for_pages_with_the_cookie_of_the_last_one() -> None:
    channel = CannedChannel([page(["a"], cookie=b"one"), page(["b"], cookie=b"two"), page(["c"], cookie=b"")])
    assert names(read(channel, page_size=2)) == ["a", "b", "c"]
    assert [request.page for request in channel.requests] == [(2, b""), (2, b"one"), (2, b"two")]
    assert len({request.message_id for request in channel.requests}) == 3


def test_asks_for_the_next_page_before_it_hands_out_the_current_one() -> None:
    channel = CannedChannel([page(["a"], cookie=b"one"), page(["b"], cookie=b"")])
    batches = reader(channel).read(SEARCH)
    assert names(next(batches)) == ["a"]
    assert len(channel.requests) == 2


def test_reads_without_paging_on_request() -> None:
    channel = CannedChannel([page(["a", "b"])])
    assert names(read(channel, page_size=0)) == ["a", "b"]
    assert channel.requests[0].page is None


def test_sends_the_search_as_it_was_meant() -> None:
    search = Search("dc=x", SEARCH.filter, ("cn", "mail"), "one", (Control("1.2.3", critical=True, value=b"v"),))
    channel = CannedChannel([page([], cookie=b"")])
    assert list(reader(channel).read(search)) == []
    request = channel.requests[0]
    assert (request.base, request.scope, request.attributes) == ("dc=x", 1, ["cn", "mail"])
    assert request.controls["1.2.3"] == b"v"
    limits = [content for _unused, content in request.fields[2:6]]
    assert limits == [b"\0", b"\0", b"\0", b"\0"], "no aliases, no limits, values and not only types"


def test_a_message_larger_than_one_receive() -> None:
    huge = "x" * (3 * RECEIVE_SIZE)
    pieces: list[int] = []

    def cut(data: bytes) -> list[bytes]:
        pieces.append(len(data))
        return [data[at : at + 100_000] for at in range(0, len(data), 100_000)]

    assert names(read(CannedChannel([page(["a", huge, "b"], cookie=b"")], cut))) == ["a", huge, "b"]
    assert pieces[0] > 3 * RECEIVE_SIZE


def test_counts_pages_and_references() -> None:
    def with_reference(request: Request) -> bytes:
        return Writer().message(request.message_id, Writer().reference("ldap://other.example.org/")) + page(
            ["a"], cookie=b""
        )(request)

    channel = CannedChannel([page(["b"], cookie=b"one"), with_reference])
    searching = reader(channel)
    assert names(entry for batch in searching.read(SEARCH) for entry in batch) == ["b", "a"]
    assert (searching.pages, searching.references) == (2, 1)


@pytest.mark.parametrize(
    ("code", "error", "text"),
    [
        (3, IncompleteReadError, "cut off after 2 entries.*timeLimitExceeded"),
        (4, IncompleteReadError, r"cut off after 2 entries.*sizeLimitExceeded \(4\): why.*size=unlimited"),
        (11, IncompleteReadError, "cut off after 2 entries.*adminLimitExceeded"),
        (10, IncompleteReadError, "referral.*another server"),
        (32, NoSuchObjectError, "noSuchObject.*base DN"),
        (34, IncompleteReadError, "invalidDNSyntax"),
        (12, IncompleteReadError, "page_size: 0"),
        (8, DirectoryAuthenticationError, "start_tls"),
        (50, DirectoryAuthenticationError, "right to read"),
        (51, DirectoryConnectionError, "busy"),
        (52, DirectoryConnectionError, "unavailable"),
        (77, IncompleteReadError, r"result code \(77\): why"),
    ],
)
def test_every_code_but_success_is_an_error_even_after_entries(
    code: int, error: type[DirectoryError], text: str
) -> None:
    channel = CannedChannel([page(["a", "b"], cookie=b"", code=code, text="why")])
    with pytest.raises(error, match=text) as caught:
        read(channel)
    assert "on ldaps://a.example.org:636 below ou=people,dc=x for (cn=*)" in str(caught.value)


def test_a_limit_on_a_later_page_is_an_error() -> None:
    channel = CannedChannel([page(["a"], cookie=b"one"), page(["b"], cookie=b"", code=11)])
    with pytest.raises(IncompleteReadError, match="cut off after 2 entries"):
        read(channel)


def test_smaller_pages_where_the_server_refuses_the_size() -> None:
    refusal = page([], code=11, text="illegal pagedResults page size")
    channel = CannedChannel([refusal, refusal, page(["a"], cookie=b"")])
    assert names(read(channel, page_size=5000)) == ["a"]
    assert [request.page for request in channel.requests] == [(5000, b""), (1000, b""), (500, b"")]


def test_a_limit_at_the_smallest_page_is_an_error() -> None:
    refusal = page([], code=11)
    with pytest.raises(IncompleteReadError, match="adminLimitExceeded"):
        read(CannedChannel([refusal, refusal]), page_size=500)


def endless() -> Iterator[Answer]:
    while True:
        yield page([], cookie=b"the same")


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([page(["a"])], "without its paging control"),
        ([lambda request: page(["a"], cookie=b"")(request) + b"0"], "data follows the end"),
        ([lambda request: page(["a"], cookie=b"")(Request(99, 0x63, [], {}))], "id 99 of another operation"),
        (endless(), "repeats an empty page"),
    ],
)
def test_refuses_answers_that_prove_nothing(answers: Iterable[Answer], reason: str) -> None:
    with pytest.raises(IncompleteReadError, match=reason):
        read(CannedChannel(answers))


@pytest.mark.parametrize("value", [b"", b"\x30", b"\x30\x03\x02\x01\x00", b"\x30\x05\x02\x01\x00\x04\x05"])
def test_refuses_a_damaged_paging_control(value: bytes) -> None:
    writer = Writer()
    oid = writer.element(0x04, b"1.2.840.113556.1.4.319")
    control = writer.element(0x30, oid, writer.element(0x01, b"\xff"), writer.element(0x04, value))
    with pytest.raises(IncompleteReadError, match="paging control"):
        read(CannedChannel([lambda request: writer.message(request.message_id, writer.result(), control)]))


def test_a_connection_that_ends_anywhere_is_an_error() -> None:
    whole = page(["a", "b"], cookie=b"")
    for length in range(len(whole(Request(1, 0x63, [], {})))):

        def cut(data: bytes, at: int = length) -> list[bytes]:
            return [data[:at]]

        with pytest.raises(DirectoryConnectionError, match=r"broke off after . entries: the server closed"):
            read(CannedChannel([whole], cut))


def range_of(values: range, upper: str, asked: str) -> Answer:
    def answer(request: Request) -> bytes:
        assert (request.base, request.scope, request.attributes) == ("cn=g", 0, [asked])
        writer = Writer(4)
        name = f"cn;range={values.start}-{upper}"
        entry = writer.entry("cn=g", {"cn": [], name: [str(value) for value in values]})
        number = request.message_id
        return writer.message(number, entry) + writer.message(number, writer.result())

    return answer


def first_range(request: Request) -> bytes:
    writer = Writer(4)
    entries = [
        writer.entry("cn=small", {"cn": ["x"]}),
        writer.entry("cn=g", {"cn": [], "cn;range=0-2": ["0", "1", "2"]}),
    ]
    done = writer.message(request.message_id, writer.result(), writer.page_control(b""))
    return b"".join(writer.message(request.message_id, entry) for entry in entries) + done


def test_fetches_the_values_that_the_server_left_out() -> None:
    """The next range starts where the last one ended, also when the server made it shorter."""
    steps = [range_of(range(3, 5), "4", "cn;range=3-*"), range_of(range(5, 9), "*", "cn;range=5-*")]
    found = dict(read(CannedChannel([first_range, *steps])))
    assert found == {b"cn=small": [[b"x"]], b"cn=g": [[str(value).encode() for value in range(9)]]}


@pytest.mark.parametrize(
    "step",
    [range_of(range(4, 6), "*", "cn;range=3-*"), page([]), page(["small"]), page([], code=32), page(["a", "b"])],
)
def test_values_that_stay_missing_are_an_error(step: Answer) -> None:
    with pytest.raises(IncompleteReadError):
        read(CannedChannel([first_range, step]))


def test_reads_a_single_entry_without_paging() -> None:
    channel = CannedChannel([page(["a"]), page([])])
    searching = reader(channel)
    found = searching.read_entry(SEARCH)
    assert found is not None
    assert names([found]) == ["a"]
    assert searching.read_entry(SEARCH) is None
    assert [request.page for request in channel.requests] == [None, None]
