"""Files and functions stay small enough to be read in one go."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.house.project import ROOT, by_hand, project_files

LONGEST_FILE = 300
LONGEST_FUNCTION = 50
LONGEST_LINE = 100
COUNTED = (".py", ".js", ".css", ".html", ".sh")


TOLD_IN_ONE_GO = "admin/migrations/versions/"
"""A migration is one list of tables, read from top to bottom: its function may be long."""


def too_long(name: str, text: str) -> list[str]:
    """Return what is longer than a file or a Python function may be."""
    lines = text.count("\n")
    found = [f"{name}: {lines} lines"] if lines > LONGEST_FILE else []
    if name.endswith(".py") and not name.startswith(TOLD_IN_ONE_GO):
        found += [
            f"{name}:{function.lineno} {function.name}: {_length(function)} lines"
            for function in _functions(text)
            if _length(function) > LONGEST_FUNCTION
        ]
    return found


def _functions(text: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def test_files_and_functions_are_short():
    found = [
        line
        for path in project_files(*COUNTED)
        if by_hand(path)
        for line in too_long(str(path.relative_to(ROOT)), path.read_text())
    ]
    assert found == []


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.py", "x = 1\n" * 301, ["a.py: 301 lines"]),
        ("a.css", "a {}\n" * 301, ["a.css: 301 lines"]),
        ("a.py", "class A:\n    def f(self):\n" + "        x = 1\n" * 50, ["a.py:2 f: 51 lines"]),
        ("a.py", "x = 1\n" * 300, []),
        ("a.py", "def f():\n" + "    x = 1\n" * 49, []),
    ],
)
def test_what_is_too_long_is_found(name, text, expected):
    assert too_long(name, text) == expected
