# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading 100,000 users and 2,000 groups from OpenLDAP against ldapsearch and python-ldap; flattening the groups."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ansible_collections.dirsync.bitwarden.plugins.module_utils.directory.membership import flatten
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import DirectGroup, Reading, User
from ansible_collections.dirsync.bitwarden.tests.bench.measure import Case, Usage, case, interleaved, run, run_reader
from ansible_collections.dirsync.bitwarden.tests.servers.directory_data import directory_ldif
from ansible_collections.dirsync.bitwarden.tests.servers.slapd import Slapd

USERS, GROUPS = 100_000, 2_000
ROUNDS = 7
CHECKOUT = Path(__file__).resolve().parents[2]
READERS = Path(__file__).parent / "readers"
SEARCHES = (
    ("ou=people,dc=example,dc=org", "(objectClass=inetOrgPerson)", ("entryUUID", "mail", "displayName", "cn")),
    ("ou=groups,dc=example,dc=org", "(objectClass=groupOfNames)", ("entryUUID", "cn", "member")),
)
MEMORY_LIMIT_MB = 250


def ldap_read_wall() -> list[Case]:
    """Compare the reader with ldapsearch, pages of 1000, and with python-ldap."""
    with _server() as server:
        subjects: dict[str, Callable[[], Usage]] = {
            "ldapsearch": lambda: _ldapsearch(server),
            "ours": lambda: run_reader([sys.executable, *_reader("ours.py", server)]),
        }
        python_ldap = _python_with_ldap()
        if python_ldap:
            subjects["python-ldap"] = lambda: run_reader([python_ldap, *_reader("python_ldap.py", server)])
        usages = interleaved(subjects, ROUNDS)
    ours = usages["ours"].wall
    cases = [case("ldap_read_wall", ours, usages["ldapsearch"].wall, "ldapsearch", "s")]
    if python_ldap:
        cases.append(case("ldap_read_wall_python_ldap", ours, usages["python-ldap"].wall, "python-ldap", "s"))
    return cases


def ldap_facts() -> list[Case]:
    """Compare directory_facts with ldapsearch, from start to written snapshot; take its peak memory.

    The time of the same module for one user and one group, its start-up, is taken off.
    """
    with _server() as server, tempfile.TemporaryDirectory() as folder:
        everything = {
            "servers": [server.ldap_url],
            "allow_cleartext": True,
            "bind_dn": server.reader_dn,
            "bind_password": server.reader_password,
        }
        nearly_nothing = {**everything, "user_filter": "(uid=user000000)", "group_filter": "(cn=group-0000)"}
        usages = interleaved(
            {
                "ldapsearch": lambda: _ldapsearch(server),
                "facts": lambda: _directory_facts(Path(folder), everything),
                "start-up": lambda: _directory_facts(Path(folder), nearly_nothing),
            },
            ROUNDS,
        )
    beyond_start_up = usages["facts"].wall - usages["start-up"].wall
    return [
        case("ldap_facts_wall", beyond_start_up, usages["ldapsearch"].wall, "ldapsearch", "s"),
        case("ldap_facts_rss", usages["facts"].peak_mb, MEMORY_LIMIT_MB, "limit", "MB"),
    ]


def closure_cpu() -> list[Case]:
    """Compare flattening nested groups with following each group's nesting on its own, which keeps sets."""
    reading = _nested_reading()
    ours, peers = [], []
    for _unused in range(3):
        ours.append(_cpu(lambda: flatten(reading)))
        peers.append(_cpu(lambda: _walk_each(reading.groups)))
    return [case("closure_cpu", sorted(ours)[1], sorted(peers)[1], "walk of each group", "s")]


@contextmanager
def _server() -> Iterator[Slapd]:
    with tempfile.TemporaryDirectory() as folder, Slapd(Path(folder, "slapd")) as server:
        ldif = Path(folder, "data.ldif")
        ldif.write_text(directory_ldif(USERS, GROUPS))
        server.load(ldif)
        yield server


def _ldapsearch(server: Slapd) -> Usage:
    usages = []
    for base, filter_text, attributes in SEARCHES:
        account = ["-x", "-H", server.ldap_url, "-D", server.reader_dn, "-w", server.reader_password]
        search = ["-E", "pr=1000/noprompt", "-b", base, filter_text, *attributes]
        usages.append(run(["ldapsearch", "-LLL", *account, *search]))
    return Usage(
        sum(usage.wall for usage in usages), sum(usage.cpu for usage in usages), max(usage.peak_mb for usage in usages)
    )


def _reader(script: str, server: Slapd) -> list[str]:
    return [str(READERS / script), server.ldap_url, server.reader_dn, server.reader_password, json.dumps(SEARCHES)]


def _python_with_ldap() -> str | None:
    """Return a Python that has python-ldap, in an environment of its own, None where it cannot be compiled."""
    environment = CHECKOUT / "build" / "python-ldap"
    python = environment / "bin" / "python"
    try:
        if not python.exists():
            subprocess.run(["uv", "venv", "--quiet", "--python", sys.executable, str(environment)], check=True)
        subprocess.run(["uv", "pip", "install", "--quiet", "--python", str(python), "python-ldap"], check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"Not compared with python-ldap, which needs libldap-dev and libsasl2-dev: {error}", file=sys.stderr)
        return None
    return str(python)


def _directory_facts(folder: Path, directory: dict[str, object]) -> Usage:
    arguments = folder / "arguments.json"
    source = {"name": "bench", "type": "ldap", "ldap": directory}
    options = {"snapshot": str(folder / "snapshot.json"), "sources": [source]}
    arguments.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": options}))
    module = CHECKOUT / "plugins" / "modules" / "directory_facts.py"
    return run([sys.executable, str(module), str(arguments)])


def _nested_reading() -> Reading:
    """Return groups of which most hold others, cycles included, so that nesting is deep and wide."""
    draw = random.Random(1)
    users = [User(str(number), None, None, "active", "bench") for number in range(USERS)]
    groups = [
        DirectGroup(
            str(number), str(number), draw.sample(range(USERS), 29), draw.sample(range(GROUPS), draw.choice([0, 1, 2]))
        )
        for number in range(GROUPS)
    ]
    return Reading(users, groups)


def _walk_each(groups: Sequence[DirectGroup]) -> list[set[int]]:
    """Return the users of each group, found by visiting everything below it anew."""
    result = []
    for first in range(len(groups)):
        seen, waiting, users = {first}, [first], set[int]()
        while waiting:
            group = groups[waiting.pop()]
            users.update(group.users)
            inner = [number for number in group.groups if number not in seen]
            seen.update(inner)
            waiting += inner
        result.append(users)
    return result


def _cpu(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


CASES: dict[str, Callable[[], list[Case]]] = {
    "ldap_read_wall": ldap_read_wall,
    "ldap_facts_wall": ldap_facts,
    "ldap_facts_rss": ldap_facts,
    "closure_cpu": closure_cpu,
}
