# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of CONTRIBUTING.md that a reader of the imports and first lines of each file can check."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.dirsync.bitwarden.tests.support.executed import executed_by

CHECKOUT = Path(__file__).resolve().parents[2]
PLUGINS = CHECKOUT / "plugins"
COLLECTION = "ansible_collections.dirsync.bitwarden"
# REUSE-IgnoreStart
HEADER = (
    "# Copyright (c) 2026 dirsync.bitwarden contributors\n"
    "# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)\n"
    "# SPDX-License-Identifier: GPL-3.0-or-later\n"
)
# REUSE-IgnoreEnd
# The height of each layer. An import stays in its layer or goes strictly down.
HEIGHTS = {
    "modules": 5,
    "module": 4,
    "sync": 3,
    "migration": 3,
    "directory": 2,
    "bitwarden": 2,
    "http": 1,
    "snapshot": 1,
    "model": 0,
    "core": 0,
}
KNOWS_ANSIBLE_MODULE = {"modules", "module"}
# importlib.metadata only reads versions; everything else of importlib loads code that AnsiballZ does not ship.
DYNAMIC_IMPORTS = {"importlib", "importlib.import_module", "importlib.machinery", "importlib.util", "pkgutil", "runpy"}


def test_the_guide_draws_the_layers_as_they_are() -> None:
    [block] = executed_by("test_the_guide_draws_the_layers_as_they_are")
    explanations = block.text.index("options, ")
    rows = [re.findall(r"\w+", line[:explanations].replace("plugins/", "")) for line in block.text.splitlines()]
    drawn = [names for names in rows if names]
    assert sorted(name for names in drawn for name in names) == sorted(HEIGHTS)
    assert [{HEIGHTS[name] for name in names} for names in drawn] == [{5}, {4}, {3}, {2}, {1}, {0}]


def imported_names(node: ast.AST) -> list[str]:
    """Return the full names that an import statement asks for; relative ones keep their leading dots."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return ["." * node.level + f"{node.module or ''}.{alias.name}" for alias in node.names]
    return []


def layer_of(name: str) -> str | None:
    """Return the layer that the full name ``name`` of a module belongs to, None outside of the layers."""
    for parent in (f"{COLLECTION}.plugins.module_utils.", f"{COLLECTION}.plugins."):
        if name.startswith(parent):
            layer = name.removeprefix(parent).split(".")[0]
            return layer if layer in HEIGHTS else None
    return None


def is_third_party(name: str) -> bool:
    """Return whether ``name`` comes neither with Python nor with Ansible nor with this collection."""
    return not name.startswith(".") and name.split(".")[0] not in {
        *sys.stdlib_module_names,
        "ansible",
        "ansible_collections",
    }


def run_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the statements below ``node`` that run without a guard when the file is imported."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and ast.unparse(child.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}:
            continue
        if isinstance(child, ast.Try) and any(
            handler.type is not None and "ImportError" in ast.unparse(handler.type) for handler in child.handlers
        ):
            continue
        yield child
        yield from run_at_import(child)


def import_faults(layer: str, source: str) -> list[str]:
    """Return what is wrong with the imports of a file of ``layer``."""
    tree = ast.parse(source)
    names = [name for node in ast.walk(tree) for name in imported_names(node)]
    faults = []
    for name in names:
        target = layer_of(name)
        if name.startswith("."):
            faults.append(f"relative import {name}")
        elif name.startswith(COLLECTION) and target is None:
            faults.append(f"{name} belongs to no layer")
        elif target is not None and target != layer and HEIGHTS[target] >= HEIGHTS[layer]:
            faults.append(f"{layer} must not import {name}")
        if name in DYNAMIC_IMPORTS or name.startswith(("importlib.machinery.", "importlib.util.")):
            faults.append(f"dynamic import with {name}")
        if name.startswith("ansible.module_utils.basic") and layer not in KNOWS_ANSIBLE_MODULE:
            faults.append(f"{layer} must not know {name}")
    if any(isinstance(node, ast.Name) and node.id == "__import__" for node in ast.walk(tree)):
        faults.append("dynamic import with __import__")
    unguarded = [name for node in run_at_import(tree) for name in imported_names(node)]
    return faults + [f"{name} is loaded before it is needed" for name in unguarded if is_third_party(name)]


def opening_faults(source: str) -> list[str]:
    """Return what the top of a Python file lacks: the licence header, a docstring or Ansible's documentation."""
    faults = [] if source.removeprefix("#!/usr/bin/python\n").startswith(HEADER) else ["no licence header"]
    tree = ast.parse(source)
    documentation = any(
        isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "DOCUMENTATION" for node in tree.body
    )
    if not documentation and ast.get_docstring(tree) is None:
        faults.append("no docstring")
    return faults


def python_files(*folders: str) -> list[str]:
    """Return the Python files below ``folders``, relative to the checkout."""
    return sorted(str(path.relative_to(CHECKOUT)) for folder in folders for path in (CHECKOUT / folder).rglob("*.py"))


def shell_files() -> list[str]:
    """Return the shell scripts of the tests and of continuous integration, relative to the checkout."""
    return sorted(str(path.relative_to(CHECKOUT)) for path in [*CHECKOUT.glob("tests/**/*.sh"), CHECKOUT / ".ci/run"])


@pytest.mark.parametrize("path", python_files("plugins/module_utils", "plugins/modules"))
def test_imports_go_down(path: str) -> None:
    folders = Path(path).parts[1:]
    layer = folders[1] if folders[0] == "module_utils" else folders[0]
    assert layer in HEIGHTS, f"{path} lies in no layer"
    assert import_faults(layer, (CHECKOUT / path).read_text()) == []


@pytest.mark.parametrize("path", ["conftest.py", *python_files("plugins", "tests")])
def test_python_file_opens_with_licence_and_docstring(path: str) -> None:
    assert opening_faults((CHECKOUT / path).read_text()) == []


@pytest.mark.parametrize("path", shell_files())
def test_script_opens_with_licence(path: str) -> None:
    shebang, rest = (CHECKOUT / path).read_text().split("\n", maxsplit=1)
    assert shebang == "#!/usr/bin/env bash"
    assert rest.startswith(HEADER)


def test_every_module_has_a_test_file() -> None:
    modules = {path.stem for path in (PLUGINS / "modules").glob("*.py")}
    tested = {path.stem.removeprefix("test_") for path in (CHECKOUT / "tests/unit/plugins/modules").glob("test_*.py")}
    assert modules, "no modules found"
    assert modules - tested == set()


UTILS = f"{COLLECTION}.plugins.module_utils"


@pytest.mark.parametrize(
    ("layer", "source"),
    [
        ("directory", f"from {UTILS}.bitwarden.client import Client"),
        ("bitwarden", f"from {UTILS}.directory import registry"),
        ("model", f"from {UTILS}.core.errors import DirsyncError"),
        ("sync", f"def run():\n    import {UTILS}.module.runner"),
        ("module", f"from {COLLECTION}.plugins.modules import directory_facts"),
        ("core", f"if TYPE_CHECKING:\n    from {UTILS}.model.directory import User"),
        ("sync", f"from {COLLECTION}.tests.emulators import clock"),
        ("sync", "from .plan import Plan"),
        ("sync", "from ansible.module_utils.basic import AnsibleModule"),
        ("directory", "import importlib"),
        ("directory", "from importlib import import_module"),
        ("directory", "from importlib import util"),
        ("directory", "def load(name):\n    return __import__(name)"),
        ("http", "import requests"),
        ("http", "class Session:\n    from requests import Session"),
        ("http", "try:\n    import requests\nexcept ValueError:\n    pass"),
        ("directory", "if True:\n    import ldap3"),
    ],
)
def test_import_fault_is_found(layer: str, source: str) -> None:
    assert len(import_faults(layer, source)) == 1


@pytest.mark.parametrize(
    ("layer", "source"),
    [
        ("sync", f"from {UTILS}.bitwarden.client import Client"),
        ("directory", f"from {UTILS}.directory import dn"),
        ("module", "from ansible.module_utils.basic import AnsibleModule"),
        ("core", "from importlib import metadata"),
        ("http", "def session():\n    import requests"),
        ("http", "if TYPE_CHECKING:\n    import requests"),
        ("http", "try:\n    import requests\nexcept ImportError:\n    requests = None"),
    ],
)
def test_good_import_passes(layer: str, source: str) -> None:
    assert import_faults(layer, source) == []


@pytest.mark.parametrize(
    ("source", "faults"),
    [
        (HEADER + '"""What lives here."""\n', []),
        ("#!/usr/bin/python\n" + HEADER + 'DOCUMENTATION = r"""module: sample"""\n', []),
        ('"""What lives here."""\n', ["no licence header"]),
        (HEADER + "import os\n", ["no docstring"]),
        ("import os\n" + HEADER, ["no licence header", "no docstring"]),
    ],
)
def test_opening_fault_is_found(source: str, faults: list[str]) -> None:
    assert opening_faults(source) == faults
