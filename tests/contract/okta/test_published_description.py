# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The answers have the shapes of the API description that Okta publishes as the npm package ``@okta/openapi``."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
from typing import Any

import pytest
from ansible_collections.dirsync.bitwarden.tests.contract.okta.client import ApiClient
from ansible_collections.dirsync.bitwarden.tests.emulators.okta import Org
from jsonschema import Draft4Validator, FormatChecker

PACKAGE = "@okta/openapi@2.15.0"
EARLIER = ("STAGED", "PROVISIONED", "ACTIVE", "RECOVERY", "PASSWORD_EXPIRED", "LOCKED_OUT", "SUSPENDED")


@pytest.fixture(scope="module")
def description(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return the description (OpenAPI 2.0), as npm delivers it."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed")
    folder = tmp_path_factory.mktemp("npm")
    command = [npm, "pack", PACKAGE, "--silent", "--fetch-retries=1", "--fetch-timeout=15000"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    if result.returncode != 0:
        pytest.skip(f"npm does not deliver {PACKAGE}: {result.stderr[-200:]}")
    with tarfile.open(folder / result.stdout.strip()) as archive:
        member = archive.extractfile("package/dist/spec.json")
        assert member is not None
        return dict(json.load(member))


def assert_described(description: dict[str, Any], path: str, rows: list[dict[str, Any]], *parameters: str) -> None:
    """Fail unless GET of ``path`` takes the parameters and its answer may look like this."""
    operation = description["paths"][path]["get"]
    assert set(parameters) <= {parameter["name"] for parameter in operation["parameters"]}
    schema = {
        **_nullable(operation["responses"]["200"]["schema"]),
        "definitions": _nullable(description["definitions"]),
    }
    assert rows
    Draft4Validator(schema, format_checker=FormatChecker()).validate(rows)


def _nullable(schema: Any) -> Any:
    """Let properties be null, which the API writes for what is not set and OpenAPI 2.0 cannot express."""
    if isinstance(schema, list):
        return [_nullable(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    changed = {name: _nullable(value) for name, value in schema.items()}
    if changed.get("type") in ("string", "boolean", "integer"):
        changed["type"] = [changed["type"], "null"]
    return changed


@pytest.fixture(autouse=True)
def _filled(org: Org) -> None:
    users = [org.add_user(f"{status.lower()}@example.org", status=status) for status in EARLIER]
    org.add_user("gone@example.org", status="DEPROVISIONED")
    org.add_group("Staff", *users)
    org.add_group("Directory", type="APP_GROUP", object_class="okta:windows_security_principal")


def test_users_are_as_described(api: ApiClient, description: dict[str, Any]) -> None:
    rows = api.rows("/api/v1/users", limit="200") + api.rows("/api/v1/users", filter='status eq "DEPROVISIONED"')
    assert len(rows) == len(EARLIER) + 1
    assert_described(description, "/api/v1/users", rows, "limit", "filter", "after")


def test_groups_are_as_described(api: ApiClient, description: dict[str, Any]) -> None:
    rows = api.rows("/api/v1/groups", limit="200", expand="stats")
    assert {row["type"] for row in rows} == {"BUILT_IN", "OKTA_GROUP", "APP_GROUP"}
    assert_described(description, "/api/v1/groups", rows, "limit", "filter", "after", "expand")


def test_group_users_are_as_described(api: ApiClient, org: Org, description: dict[str, Any]) -> None:
    group = list(org.groups)[1]
    rows = api.rows(f"/api/v1/groups/{group}/users", limit="1000")
    assert_described(description, "/api/v1/groups/{groupId}/users", rows, "limit", "after")


def test_another_shape_is_noticed(description: dict[str, Any]) -> None:
    with pytest.raises(Exception, match="HAPPY"):
        assert_described(description, "/api/v1/users", [{"id": "00u1", "status": "HAPPY"}])
