# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One search as requests: its encoding, page by page (RFC 4511, 4.5.1; RFC 2696), and when it is complete."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.ber import (
    ENUMERATED,
    OCTET_STRING,
    SEQUENCE,
    ProtocolError,
    boolean,
    content,
    element,
    integer,
    text,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.filters import Filter, parse_filter
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.results import Result, ResultCode
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.wire import (
    CONTROLS,
    Columns,
    Entry,
    PartialValues,
)

Scope = Literal["base", "one", "subtree"]

ANY_ENTRY = parse_filter("(objectClass=*)", "the built-in filter")
SMALLER_PAGES = (1000, 500, 100)

_SEARCH_REQUEST = 0x63
_SCOPES = {"base": 0, "one": 1, "subtree": 2}
_NEVER_DEREFERENCE = 0
_UNLIMITED = 0
_MOST_STALLED_PAGES = 2
_PAGED_RESULTS = "1.2.840.113556.1.4.319"


@dataclass(frozen=True, slots=True)
class Control:
    """A control sent along with a request (RFC 4511, 4.1.11)."""

    oid: str
    critical: bool = False
    value: bytes | None = None

    def encode(self) -> bytes:
        """Return its BER form."""
        value = element(OCTET_STRING, self.value) if self.value is not None else b""
        return element(SEQUENCE, text(self.oid), boolean(True) if self.critical else b"", value)


@dataclass(frozen=True, slots=True)
class Search:
    """What to search for; the values of ``attributes`` come back in the same order."""

    base: str
    filter: Filter
    attributes: tuple[str, ...]
    scope: Scope = "subtree"
    controls: tuple[Control, ...] = ()

    def encode(self) -> bytes:
        """Return the SearchRequest (RFC 4511, 4.5.1) without limits and without following aliases."""
        return element(
            _SEARCH_REQUEST,
            text(self.base),
            integer(_SCOPES[self.scope], ENUMERATED),
            integer(_NEVER_DEREFERENCE, ENUMERATED),
            integer(_UNLIMITED),
            integer(_UNLIMITED),
            boolean(False),
            self.filter.encoded,
            element(SEQUENCE, *(text(name) for name in self.attributes)),
        )


class Searcher(Protocol):
    """Whoever finds the entries of a search: the reader of a server, or that of a file."""

    def read(self, search: Search) -> Iterator[list[Entry]]:
        """Yield all entries, some at a time."""


class PagedSearch:
    """A search under way. ``page_size`` 0 asks for all entries at once."""

    def __init__(self, search: Search, page_size: int) -> None:
        self.search = search
        self.columns = Columns(search.attributes)
        self.partial: list[PartialValues] = []
        self.entries = 0
        self._request = search.encode()
        self._page_size = page_size
        self._cookie = b""
        self._entries_before_page = 0
        self._stalled = 0

    def message(self, message_id: bytes) -> bytes:
        """Return the LDAPMessage that asks for the next page; ``message_id`` is an encoded INTEGER."""
        controls = list(self.search.controls)
        if self._page_size:
            page = element(SEQUENCE, integer(self._page_size), element(OCTET_STRING, self._cookie))
            controls.append(Control(_PAGED_RESULTS, critical=True, value=page))
        encoded = element(CONTROLS, *(control.encode() for control in controls)) if controls else b""
        return element(SEQUENCE, message_id, self._request, encoded)

    def shrink_pages(self, refusal: Result) -> bool:
        """Return whether to ask again with smaller pages, after OpenLDAP refused the very first one as too large."""
        smaller = [size for size in SMALLER_PAGES if size < self._page_size]
        if refusal.code != ResultCode.ADMIN_LIMIT_EXCEEDED or self._cookie or self.entries or not smaller:
            return False
        self._page_size = smaller[0]
        return True

    def more_pages(self, done: Result) -> bool:
        """Take in the end of a page and return whether there is another one.

        Raises ProtocolError where the server ignored the paging control or sends the same empty page for ever, as
        eDirectory does at a size limit.
        """
        if not self._page_size:
            return False
        cookie = _page_cookie(done)
        if cookie == self._cookie and self.entries == self._entries_before_page:
            self._stalled += 1
            if cookie and self._stalled == _MOST_STALLED_PAGES:
                raise ProtocolError("the server repeats an empty page")
        else:
            self._stalled = 0
        self._cookie = cookie
        self._entries_before_page = self.entries
        return bool(cookie)


def _page_cookie(done: Result) -> bytes:
    value = done.controls.get(_PAGED_RESULTS.encode())
    if value is None:
        raise ProtocolError("a page came without its paging control")
    try:
        _unused, position = content(value, content(value, 0)[0])
        start, end = content(value, position)
    except IndexError:
        raise ProtocolError("the paging control of a page is cut off") from None
    if end > len(value):
        raise ProtocolError("the paging control of a page is cut off")
    return value[start:end]
