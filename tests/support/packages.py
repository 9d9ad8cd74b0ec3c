# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The packages that a clean machine installs, as files of this machine: wheels with their hashes, and collections."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import ansible
import yaml
from ansible_collections.dirsync.bitwarden.tests.support.snippets import CHECKOUT

TOOLS = CHECKOUT / "tests" / "tools"
BUILDER = "tests/integration/stories/requirements.txt"


def wheels() -> list[Path]:
    """Return what scheduled runs, the pipelines of examples/gitops and ansible-builder need, in locked versions."""
    subprocess.run([TOOLS / "wheels.sh"], check=True)
    others = ["wheels-stories", "requirements-dev.txt", "examples/gitops/requirements.txt", BUILDER]
    subprocess.run([TOOLS / "wheels.sh", *others], check=True)
    return sorted((CHECKOUT / ".cache").glob("wheels*/*.whl"))


def tarball(folder: Path) -> Path:
    """Return the tarball of this collection, built as for a release."""
    subprocess.run([TOOLS / "build.sh", folder], check=True, stdout=subprocess.DEVNULL)
    [built] = folder.glob("*.tar.gz")
    return built


def community_tarball(collection: str, folder: Path) -> Path:
    """Return the tarball of a collection that the Python package ``ansible`` brought here, without its tests."""
    namespace, name = collection.split(".")
    copy = folder / collection
    shutil.copytree(Path(ansible.__path__[0]).parent / "ansible_collections" / namespace / name, copy)
    found = json.loads((copy / "MANIFEST.json").read_text())["collection_info"]
    (copy / "FILES.json").unlink()
    (copy / "MANIFEST.json").unlink()
    needed = {key: found[key] for key in ("namespace", "name", "version", "readme", "authors", "dependencies")}
    (copy / "galaxy.yml").write_text(yaml.safe_dump(needed))
    command = ["ansible-galaxy", "collection", "build", "--output-path", folder, copy]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    [built] = folder.glob(f"{namespace}-{name}-*.tar.gz")
    return built
