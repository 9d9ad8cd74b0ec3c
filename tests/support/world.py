# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A directory and an organization on an emulated server, and runs of the real code between them that may be killed."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Literal
from unittest import mock

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.client import BitwardenClient
from ansible_collections.dirsync.bitwarden.plugins.module_utils.bitwarden.connection import (
    BitwardenConnection,
    connection_from,
)
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.bitwarden import bitwarden_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.convergence import convergence_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.files import write_private
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http import client as http_client
from ansible_collections.dirsync.bitwarden.plugins.module_utils.http import transport
from ansible_collections.dirsync.bitwarden.plugins.module_utils.model.directory import Snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module import convergence
from ansible_collections.dirsync.bitwarden.plugins.module_utils.snapshot.store import write_snapshot
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.apply import apply_plan
from ansible_collections.dirsync.bitwarden.plugins.module_utils.sync.plan import BOTH
from ansible_collections.dirsync.bitwarden.tests.emulators.bitwarden import BitwardenEmulator, BitwardenServer, Mode
from ansible_collections.dirsync.bitwarden.tests.emulators.common import Clock
from ansible_collections.dirsync.bitwarden.tests.support.organization import Killed


@dataclass(frozen=True)
class Kill:
    """SIGKILL at a request of a run, counted from 1: before the server gets it, or after it has had its effect."""

    request: int
    moment: Literal["before", "after"]


@dataclass(frozen=True)
class Saved:
    """What a run depends on and changes."""

    organization: Mapping[str, Any]
    state_file: bytes | None


class World:
    """One organization with a run's files in ``folder``: the same code as in the modules, over real HTTP.

    Waiting takes no time but moves the server's clock, so that the cloud's rate limits are real. Runs are a minute
    apart, since signing in is limited too. With ``frozen`` no other time passes.
    """

    def __init__(self, folder: Path, mode: Mode = Mode.SELF_HOSTED, *, frozen: bool = True) -> None:
        clock = Clock(datetime(2026, 6, 1, tzinfo=timezone.utc)) if frozen else Clock()
        self.server = BitwardenServer(BitwardenEmulator(mode=mode, clock=clock))
        self.mode = mode
        self._folder = folder
        self._patches = [
            mock.patch.dict(BitwardenClient.__init__.__kwdefaults__, clock=clock.now, sleep=self._sleep),
            mock.patch.dict(apply_plan.__kwdefaults__, sleep=self._sleep),
            mock.patch.object(convergence, "connection_from", self._connection),
            # Loading the system's certificate authorities anew for each run would take most of the time.
            mock.patch.object(transport, "tls_context", cache(transport.tls_context)),
        ]

    def __enter__(self) -> World:
        for patch in self._patches:
            patch.__enter__()
        self.server.start()
        self.forget()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.stop()
        for patch in self._patches:
            patch.__exit__(None, None, None)

    def converge(
        self,
        snapshot: Snapshot,
        policy: Mapping[str, Any],
        *,
        check_mode: bool = False,
        kill: Kill | None = None,
        patience: float = 5.0,
        **further: Any,
    ) -> dict[str, Any]:
        """Return the result of one run; raises what it raises, and Killed where ``kill`` struck.

        ``patience`` are the seconds that it waits for an answer.
        """
        self._sleep(60)
        write_snapshot(snapshot, self._folder / "snapshot.json")
        given = {
            "server_url": self.server.url,
            "client_id": self.server.client_id,
            "client_secret": self.server.client_secret,
            "retries": 0,
            "lock_directory": str(self._folder),
            "snapshot": str(self._folder / "snapshot.json"),
            "state_file": str(self._folder / "state.json"),
            "policy": policy,
            **further,
        }
        validated = ArgumentSpecValidator({**bitwarden_spec(), **convergence_spec()}).validate(given)
        assert validated.error_messages == []
        options = {**validated.validated_parameters, "timeout": patience}
        with killed_at(kill):
            return convergence.converge(options, BOTH, check_mode=check_mode, clock=self.server.clock.utcnow)

    def state_without_told(self) -> str | None:
        """Return a copy of the state file that does not remember what the event log told, None if that is the same."""
        file = self._folder / "state.json"
        content = json.loads(file.read_bytes()) if file.exists() else {}
        if not content.get("remembered", {}).pop("told", None):
            return None
        copy = self._folder / "state_without_told.json"
        write_private(copy, [json.dumps(content).encode()])
        return str(copy)

    def forget(self) -> None:
        """Begin without the files of earlier runs."""
        for file in self._folder.glob("*.json"):
            file.unlink()

    def save(self) -> Saved:
        """Return the organization and the state file."""
        file = self._folder / "state.json"
        return Saved(self.state(), file.read_bytes() if file.exists() else None)

    def restore(self, saved: Saved) -> None:
        """Go back to what was saved."""
        self.forget()
        self.server.organization.load(dict(saved.organization))
        if saved.state_file is not None:
            write_private(self._folder / "state.json", [saved.state_file])

    def pass_time(self, days: float) -> None:
        """Let the time pass until a later run."""
        self._sleep(days * 86400)

    def state(self) -> dict[str, Any]:
        """Return the whole organization."""
        return self.server.organization.dump()

    def writes(self) -> list[str]:
        """Return the write calls since the last time this was asked."""
        writes = [f"{record.method} {record.path}" for record in self.server.recorder.writes()]
        self.server.recorder.clear()
        return writes

    def _sleep(self, seconds: float) -> None:
        self.server.clock.advance(seconds)

    def _connection(self, options: Mapping[str, Any]) -> BitwardenConnection:
        return replace(connection_from(options), cloud=self.mode is Mode.CLOUD)


def essence(state: Mapping[str, Any]) -> tuple[object, ...]:
    """Return an organization without the ids that differ from run to run."""
    addresses = {member["id"]: member["email"] for member in state["members"]}
    return (
        sorted((m["email"], m["external_id"] or "", m["status"], m["type"]) for m in state["members"]),
        sorted(
            (
                group["name"],
                group["external_id"] or "",
                sorted(addresses[id_] for id_ in group["member_ids"]),
                sorted(tuple(access.items()) for access in group["collections"]),
            )
            for group in state["groups"]
        ),
    )


@contextmanager
def killed_at(kill: Kill | None) -> Iterator[None]:
    """Let the client die at the n-th request that it sends; nothing is sent afterwards, by no thread."""
    send = http_client.HttpClient._send
    lock = threading.Lock()
    sent = 0

    def deadly(*arguments: Any) -> Any:
        nonlocal sent
        with lock:
            sent += 1
            number = sent
        if kill and (number > kill.request or (number == kill.request and kill.moment == "before")):
            raise Killed
        answer = send(*arguments)
        if kill and number == kill.request:
            raise Killed
        return answer

    with mock.patch.object(http_client.HttpClient, "_send", deadly):
        yield
