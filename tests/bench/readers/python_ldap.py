# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads people and groups with python-ldap, which wraps OpenLDAP's C library; prints how long that took as JSON."""

from __future__ import annotations

import json
import sys
import time

import ldap
from ldap.controls import SimplePagedResultsControl


def main(url: str, bind_dn: str, password: str, searches: str) -> None:
    """Run each search, given as [base, filter, attributes], with pages of 1000, and keep nothing."""
    start = time.perf_counter()
    connection = ldap.initialize(url)
    connection.simple_bind_s(bind_dn, password)
    entries = 0
    for base, filter_text, attributes in json.loads(searches):
        page = SimplePagedResultsControl(True, size=1000, cookie="")
        while True:
            request = connection.search_ext(base, ldap.SCOPE_SUBTREE, filter_text, attributes, serverctrls=[page])
            _unused, batch, _unused, controls = connection.result3(request)
            entries += len(batch)
            page.cookie = controls[0].cookie
            if not page.cookie:
                break
    print(json.dumps({"seconds": time.perf_counter() - start, "entries": entries}))


if __name__ == "__main__":
    main(*sys.argv[1:])
