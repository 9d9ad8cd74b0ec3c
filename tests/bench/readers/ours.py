# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads people and groups with the collection's own reader; prints how long that took as JSON."""

from __future__ import annotations

import json
import sys
import time

from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.collector import paused_collector
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.address import parse_address
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.connection import (
    connect,
    load_ldap3,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.connection_options import (
    ConnectionOptions,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.filters import parse_filter
from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.ldap.paging import Search


def main(url: str, bind_dn: str, password: str, searches: str) -> None:
    """Run each search, given as [base, filter, attributes], and keep nothing."""
    load_ldap3()
    options = ConnectionOptions(bind_dn=bind_dn, bind_password=password, allow_cleartext=True)
    start = time.perf_counter()
    entries = 0
    with paused_collector(), connect(parse_address(url), options) as connection:
        for base, filter_text, attributes in json.loads(searches):
            for batch in connection.reader.read(Search(base, parse_filter(filter_text, "bench"), tuple(attributes))):
                entries += len(batch)
    print(json.dumps({"seconds": time.perf_counter() - start, "entries": entries}))


if __name__ == "__main__":
    main(*sys.argv[1:])
