"""Imports point down, enter by doors, and keep the web out of the domain."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.project import PACKAGES, ROOT

LINT_IMPORTS = "from importlinter.cli import lint_imports_command as lint; lint()"

SOUND = {
    "loyalty.kernel.web.pages": "import flask",
    "loyalty.kernel.tx": "import sqlalchemy",
    "loyalty.values": "import loyalty.kernel.tx",
    "loyalty.models": "import loyalty.values",
    "loyalty.queries": "import loyalty.models",
    "loyalty.commands": "import loyalty.queries",
    "loyalty.api": "import flask, loyalty.commands, loyalty.kernel.web.pages",
    "loyalty.plugin": "import loyalty.api",
    "offers.commands": "import loyalty.commands",
    "offers.plugin": "import offers.commands",
    "campaigns.commands": "import offers.commands",
    "pos_adapter.commands": "import offers.commands",
    "admin.plugin": "import loyalty.queries",
    "admin.app": "import loyalty.plugin, offers.plugin, campaigns.commands, pos_adapter.commands",
}
"""A small project that keeps every contract."""

WRONG = [
    ("Packages: arrows point down", "loyalty.commands", "import offers.commands"),
    ("Packages: arrows point down", "pos_adapter.commands", "import campaigns.commands"),
    ("Inside a package", "loyalty.queries", "import loyalty.commands"),
    ("Inside admin", "admin.plugin", "import admin.app"),
    ("The domain does not know the web", "loyalty.commands", "import flask"),
    ("The domain does not know the web", "loyalty.queries", "import loyalty.kernel.web.pages"),
    ("entered by its doors", "offers.commands", "import loyalty.models"),
    ("entered by its doors", "offers.commands", "import loyalty.plugin"),
    ("The kernel knows nothing of loyalty", "loyalty.kernel.tx", "import loyalty.values"),
    ("Only the kernel's web corner", "loyalty.kernel.tx", "import flask"),
]


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Hold the project in ``folder`` against the contracts of its pyproject.toml."""
    return subprocess.run(
        [sys.executable, "-c", LINT_IMPORTS, "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def small_project(tmp_path):
    """Write the sound project, with our contracts, and return its folder."""
    for module, imports in SOUND.items():
        _add_line(tmp_path, module, imports)
    for name in ("pyproject.toml", "tests/house/contracts.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tmp_path / name)
    return tmp_path


def _add_line(folder, module, line):
    """Append a line to a module; make its packages on the way."""
    path = folder / f"{module.replace('.', '/')}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    for parent in [path.parent, *path.parent.parents]:
        if parent == folder:
            break
        (parent / "__init__.py").touch()
    with path.open("a") as file:
        file.write(line + "\n")


def test_our_imports_keep_every_contract():
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_sound_project_keeps_them_too(small_project):
    done = lint_imports(small_project)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("contract", "module", "line"), WRONG)
def test_a_wrong_import_is_found(small_project, contract, module, line):
    _add_line(small_project, module, line)
    done = lint_imports(small_project)
    broken = [text for text in done.stdout.splitlines() if text.endswith("BROKEN")]
    assert done.returncode == 1
    assert any(contract in text for text in broken), done.stdout


# --- pure rules -----------------------------------------------------------------------------

DRAWERS = frozenset({"values", "events", "errors", "models", "queries", "commands", "schemas"})
EDGES = frozenset({"api", "pages", "cli", "jobs", "subscribers", "plugin"})
HELPERS = {
    "campaigns/batches.py": "set-based statements, shared by the commands and queries",
    "loyalty/replaying.py": "works through replays some members at a time, for the jobs",
    "offers/sql.py": "one upsert for both databases, shared by the commands",
    "pos_adapter/callers.py": "reads a terminal's proof of identity from the request in hand",
    "pos_adapter/claims.py": "reads what a code claims, shared by api and pages",
    "pos_adapter/wire.py": "turns what queries return into JSON, shared by api and pages",
}
"""Modules outside the drawers that are no rules, and what they are instead."""
NOT_PURE = ("sqlalchemy", "flask", "marshmallow", "click", "redis", "psycopg", "socket")


def impure_imports(source: str, package: str) -> list[str]:
    """Return what a pure rule of ``package`` imports that reaches for a world outside."""
    refused = (
        *NOT_PURE,
        "loyalty.kernel.db",
        "loyalty.kernel.tx",
        "loyalty.kernel.web",
        *(f"{package}.{drawer}" for drawer in ("models", "queries", "commands", "schemas", "api")),
    )
    found = []
    for node in ast.walk(ast.parse(source)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        found += [n for n in names if any(n == r or n.startswith(f"{r}.") for r in refused)]
    return found


def _impure() -> dict[str, list[str]]:
    """Return what the modules named by a noun, not by a drawer, reach for."""
    return {
        str(path.relative_to(ROOT)): found
        for path in _rules()
        if (found := impure_imports(path.read_text(), path.parent.name))
    }


def _rules() -> list[Path]:
    return [
        path
        for package in ("loyalty", "offers", "pos_adapter", "campaigns")
        for path in (ROOT / package).glob("*.py")
        if path.stem not in DRAWERS | EDGES | {"__init__"}
    ]


def test_pure_rules_reach_for_nothing_outside():
    impure = _impure()
    assert {name: found for name, found in impure.items() if name not in HELPERS} == {}
    assert set(HELPERS) <= set(impure), "no longer an exception"
    assert len(_rules()) >= len(PACKAGES)


@pytest.mark.parametrize(
    "line",
    [
        "import sqlalchemy.orm",
        "from loyalty.kernel.tx import Tx",
        "from loyalty import models",
        "def f():\n    from flask import g",
    ],
)
def test_an_impure_rule_is_found(line):
    assert impure_imports(f"from datetime import date\n{line}\n", "loyalty")


def test_a_pure_rule_passes():
    source = "from fractions import Fraction\nfrom loyalty.values import Tier\n"
    assert impure_imports(source, "loyalty") == []
