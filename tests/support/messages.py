# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the code can say to an operator, found by reading it: error messages with their advice, and stable codes."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
BASE = "DirsyncError"


@dataclass(frozen=True, order=True)
class Message:
    """An error as it stands in the code; parts that are known only when it happens are ``...``.

    ``hints`` is the advice that may go with it, sorted.
    """

    error: str
    what: str
    hints: tuple[str, ...]


@cache
def messages() -> list[Message]:
    """Return every message of an error of ours, sorted."""
    trees = _trees()
    classes = error_classes()
    found: dict[tuple[str, str], set[str]] = {}
    for function, call in _calls(trees):
        name = _name(call.func)
        if name not in classes or not call.args:
            continue
        for what in _texts(call.args[0], function):
            if _says_something(what):
                hints = found.setdefault((name, what), set())
                hints.update(hint for hint in _keyword(call, "hint", function) if _says_something(hint))
    return sorted(Message(name, what, tuple(sorted(hints))) for (name, what), hints in found.items())


def error_classes() -> set[str]:
    """Return the names of the classes of errors that an operator may see."""
    bases = {
        node.name: {_name(base) for base in node.bases}
        for tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    found = {BASE}
    while True:
        more = {name for name, parents in bases.items() if parents & found} - found
        if not more:
            return found
        found |= more


def codes(constructor: str, position: int) -> set[str]:
    """Return the codes that are passed to a constructor at a position, also through a function of its own."""
    trees = _trees()
    found = set()
    for function, call in _calls(trees):
        if _name(call.func) != constructor or len(call.args) <= position:
            continue
        argument = call.args[position]
        found |= {text for text in _texts(argument, function) if text and "..." not in text}
        if isinstance(argument, ast.Name) and isinstance(function, ast.FunctionDef):
            parameters = [parameter.arg for parameter in function.args.args if parameter.arg != "self"]
            if argument.id in parameters:
                found |= _passed(trees, function.name, parameters.index(argument.id))
    return found


def _says_something(text: str) -> bool:
    return any(character.isalpha() for character in text)


def _passed(trees: Iterable[ast.Module], name: str, position: int) -> set[str]:
    return {
        text
        for function, call in _calls(trees)
        if _name(call.func) == name and len(call.args) > position
        for text in _texts(call.args[position], function)
        if text
    }


@cache
def _trees() -> tuple[ast.Module, ...]:
    return tuple(ast.parse(path.read_text()) for path in sorted(PLUGINS.rglob("*.py")))


def _calls(trees: Iterable[ast.Module]) -> Iterator[tuple[ast.AST, ast.Call]]:
    """Yield every call with the innermost function that it is in."""

    def walk(node: ast.AST, function: ast.AST) -> Iterator[tuple[ast.AST, ast.Call]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Call):
                yield function, child
            yield from walk(child, child if isinstance(child, ast.FunctionDef) else function)

    for tree in trees:
        yield from walk(tree, tree)


def _name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _keyword(call: ast.Call, name: str, function: ast.AST) -> list[str]:
    return [text for keyword in call.keywords if keyword.arg == name for text in _texts(keyword.value, function)]


def _texts(node: ast.AST, function: ast.AST) -> list[str]:
    """Return the texts that an expression may have; a variable is looked up in its function."""
    if isinstance(node, ast.IfExp):
        return _texts(node.body, function) + _texts(node.orelse, function)
    if isinstance(node, ast.Name):
        return [text for value in _assigned(node.id, function) for text in _texts(value, ast.Module([], []))]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return ["".join(pair) for pair in zip(_texts(node.left, function), _texts(node.right, function), strict=False)]
    if isinstance(node, ast.JoinedStr):
        return ["".join(str(part.value) if isinstance(part, ast.Constant) else "..." for part in node.values)]
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    return ["..."]


def _assigned(name: str, function: ast.AST) -> Iterator[ast.expr]:
    """Yield the values that a function gives to a variable."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    pairs = zip(target.elts, node.value.elts, strict=False)
                else:
                    pairs = zip([target], [node.value], strict=True)
                yield from (value for variable, value in pairs if getattr(variable, "id", "") == name)
