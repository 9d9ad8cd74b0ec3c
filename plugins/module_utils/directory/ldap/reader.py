# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading search results completely, page by page, as fast as the server sends them.

ldap3's own search takes six times as long, and takes a result that the server cut off for a complete one.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.errors import (
    DirectoryConnectionError,
    IncompleteReadError,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.ber import ProtocolError, integer
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.channel import RECEIVE_SIZE, Channel
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.errors import (
    ConnectionLostError,
    search_error,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.paging import (
    ANY_ENTRY,
    PagedSearch,
    Search,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.results import Result, ResultCode
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.wire import (
    Entry,
    PartialValues,
    decode_entries,
    find_frames,
)

_UNUSED = "Nothing of what had been read is used"


class SearchReader:
    """Runs one search after the other on a channel that carries nothing else.

    ``server`` and ``account`` are for messages. ``page_size`` may be changed; 0 reads without paging. ``pages`` and
    ``references`` count what the server sent. After an error the channel is of no further use.
    """

    def __init__(self, channel: Channel, *, server: str, account: str, page_size: int = 5000) -> None:
        self.page_size = page_size
        self.pages = 0
        self.references = 0
        self._channel = channel
        self._server = server
        self._account = account
        self._numbers = itertools.count(1)

    def read(self, search: Search) -> Iterator[list[Entry]]:
        """Yield all entries, some at a time. Nothing may be relied on before the iteration has ended normally.

        Attributes that the server sends in parts (Active Directory, above 1,500 values) are completed in place at the
        end. Raises IncompleteReadError for any end but success, DirectoryAuthenticationError for missing rights and
        DirectoryConnectionError where the connection failed.
        """
        yield from self._read(search, self.page_size)

    def read_entry(self, search: Search) -> Entry | None:
        """Return the only entry of a search, which needs no paging, or None where there is none."""
        entries = [entry for batch in self._read(search, 0) for entry in batch]
        return entries[0] if entries else None

    def _read(self, search: Search, page_size: int) -> Iterator[list[Entry]]:
        paged = PagedSearch(search, page_size)
        try:
            yield from self._batches(paged)
            for partial in paged.partial:
                self._complete(search, partial)
        except ConnectionLostError as error:
            raise DirectoryConnectionError(
                f"The search {self._describe(search)} broke off after {paged.entries} entries: {error}", hint=_UNUSED
            ) from error
        except ProtocolError as error:
            raise IncompleteReadError(
                f"The search {self._describe(search)} got an invalid answer after {paged.entries} entries: {error}",
                hint=_UNUSED,
            ) from error

    def _batches(self, paged: PagedSearch) -> Iterator[list[Entry]]:
        width = len(paged.search.attributes)
        message_id = self._request(paged)
        buffer = b""
        missing = 0
        running = True
        while running:
            buffer = self._receive(buffer, missing)
            frames = find_frames(buffer, message_id)
            self.references += frames.references
            paged.entries += len(frames.starts)
            if frames.done is not None:
                if frames.end != len(buffer):
                    raise ProtocolError("data follows the end of the search")
                running = self._continues(paged, frames.done)
                if running:
                    # The server works on the next page while this one is decoded.
                    message_id = self._request(paged)
            if frames.starts:
                yield decode_entries(buffer, frames, paged.columns, width, paged.partial)
            buffer = buffer[frames.end :]
            missing = frames.missing

    def _request(self, paged: PagedSearch) -> bytes:
        """Send the request for the next page and return its message id as BER."""
        message_id = integer(next(self._numbers))
        self._channel.send(paged.message(message_id))
        return message_id

    def _receive(self, beginning: bytes, missing: int) -> bytes:
        """Return ``beginning`` and what came after it.

        A message that lacks more than one receive is gathered whole before it is joined, for the sake of speed.
        """
        parts = [beginning, self._channel.receive()]
        if missing > RECEIVE_SIZE:
            missing -= len(parts[-1])
            while missing > 0:
                parts.append(self._channel.receive())
                missing -= len(parts[-1])
        return b"".join(parts)

    def _continues(self, paged: PagedSearch, done: Result) -> bool:
        """Take in the end of a page; return whether another request has to be sent, or raise if the search failed."""
        self.pages += 1
        if done.code == ResultCode.SUCCESS:
            return paged.more_pages(done)
        if paged.shrink_pages(done):
            return True
        raise search_error(done, self._describe(paged.search), self._account, paged.entries)

    def _complete(self, search: Search, partial: PartialValues) -> None:
        """Fetch the values that are missing in an entry (MS-ADTS 3.1.1.3.1.3.3)."""
        name = search.attributes[partial.column]
        values = partial.row[partial.column] or []
        start = partial.next
        while start is not None:
            step = PagedSearch(
                replace(
                    search,
                    base=partial.dn.decode(),
                    filter=ANY_ENTRY,
                    attributes=(f"{name};range={start}-*",),
                    scope="base",
                ),
                page_size=0,
            )
            rows = [row for batch in self._batches(step) for _unused, row in batch]
            if len(rows) != 1 or len(step.partial) != 1 or step.partial[0].start != start:
                raise ProtocolError(f"the values of {name} from number {start} on are missing in {step.search.base}")
            values += rows[0][0] or []
            start = step.partial[0].next

    def _describe(self, search: Search) -> str:
        return f"on {self._server} below {search.base or 'the root'} for {search.filter.text}"
