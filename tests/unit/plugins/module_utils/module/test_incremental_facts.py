# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Incremental reads through the module: what the last snapshot kept comes back to the source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.dirsync.bitwarden.plugins.module_utils.core.arguments.source import source_spec
from ansible_collections.dirsync.bitwarden.plugins.module_utils.module.facts import read_directory
from ansible_collections.dirsync.bitwarden.plugins.module_utils.snapshot.store import read_snapshot
from ansible_collections.dirsync.bitwarden.tests.emulators.graph import GraphServer
from ansible_collections.dirsync.bitwarden.tests.emulators.graph.fixture import StartGraph, graph_server

__all__ = ["graph_server"]


@pytest.fixture
def server(graph_server: StartGraph) -> GraphServer:
    server = graph_server()
    server.tenant.add_user("ann")
    return server


def read(server: GraphServer, snapshot: Path, **options: Any) -> bool | None:
    """Read into the snapshot and return whether the read was incremental, None where it could not have been."""
    source = {"name": "entra", "type": "entra_id", "entra_id": server.source_options(**options)}
    validated = ArgumentSpecValidator({"sources": source_spec()}).validate({"sources": [source]})
    assert not validated.error_messages
    result = read_directory(
        {**validated.validated_parameters, "snapshot": str(snapshot), "probe": False, "on_conflict": "first"}
    )
    (summary,) = result["ansible_facts"]["bitwarden_directory"]["sources"]
    assert "state" not in summary
    incremental: bool | None = summary["details"].get("incremental")
    return incremental


def test_second_read_is_incremental(server: GraphServer, tmp_path: Path) -> None:
    path = tmp_path / "snapshot.json"
    assert read(server, path, incremental=True) is False
    server.tenant.add_user("bob")
    assert read(server, path, incremental=True) is True
    assert {user.name for user in read_snapshot(path).users} == {"Ann", "Bob"}


@pytest.mark.parametrize("damage", ["missing", "damaged", "unsafe", "another name"])
def test_snapshot_that_cannot_be_trusted_leads_to_a_full_read(server: GraphServer, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "snapshot.json"
    assert read(server, path, incremental=True) is False
    if damage == "missing":
        path.unlink()
    elif damage == "damaged":
        path.write_bytes(path.read_bytes()[:-2])
    elif damage == "unsafe":
        path.chmod(0o644)
    else:
        path.write_bytes(path.read_bytes().replace(b'"name":"entra"', b'"name":"other"'))
    assert read(server, path, incremental=True) is False


def test_full_reads_keep_nothing(server: GraphServer, tmp_path: Path) -> None:
    path = tmp_path / "snapshot.json"
    assert read(server, path) is None
    assert read_snapshot(path).sources[0].state is None
    assert read(server, path, incremental=True) is False
