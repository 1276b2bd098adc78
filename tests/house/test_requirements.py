"""What is required is imported, and what is imported is required."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import packages_distributions

import pytest

from tests.house.project import PACKAGES, ROOT, project_files

WITHOUT_IMPORT = {
    "argon2-cffi-bindings": "held below 26, which has no wheel for Intel Macs",
    "granian": "serves, as a command",
    "gunicorn": "serves, as a command",
    "psycopg": "reached by SQLAlchemy through the database's address",
    "tzdata": "the zones of machines that have none",
}
"""Requirements of the application that no line of ours imports, and what they are for."""
BROUGHT_BY = {"jinja2": "flask", "markupsafe": "flask", "webargs": "flask-smorest"} | {
    "werkzeug": "flask",
    "pillow": "qrcode",
}
"""Imports that come with a requirement which cannot do without them."""


def required(text: str) -> set[str]:
    """Return the names that a requirements file asks for itself."""
    names = re.findall(r"^([A-Za-z0-9][\w.-]*)", text, flags=re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", name).lower() for name in names}


def imported(sources: Iterable[str]) -> set[str]:
    """Return the top-level modules that the sources import, without the standard library's."""
    found = set()
    for source in sources:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names)


def requirement_faults(
    wanted: set[str], modules: set[str], distributions: Mapping[str, list[str]]
) -> list[str]:
    """Return requirements that nothing imports and imports that nothing requires."""
    brought = {
        module: {re.sub(r"[-_.]+", "-", name).lower() for name in distributions.get(module, ())}
        for module in modules
    }
    used = set().union(*brought.values()) if brought else set()
    idle = wanted - used - set(WITHOUT_IMPORT)
    bare = {
        module
        for module, names in brought.items()
        if not names & wanted and not {BROUGHT_BY.get(name) for name in names} & wanted
    }
    return [f"{name} is not imported" for name in sorted(idle)] + [
        f"{module} is not required" for module in sorted(bare)
    ]


def test_the_application_requires_what_it_imports():
    wanted = required((ROOT / "requirements.in").read_text())
    sources = [
        path.read_text(encoding="utf-8")
        for path in project_files(".py")
        if path.relative_to(ROOT).parts[0] in PACKAGES
    ]
    ours = {*PACKAGES, "tests"}
    assert requirement_faults(wanted, imported(sources) - ours, packages_distributions()) == []
    assert set(WITHOUT_IMPORT) <= wanted


@pytest.mark.parametrize(
    ("wanted", "modules", "faults"),
    [
        ({"flask", "celery"}, {"flask"}, ["celery is not imported"]),
        ({"flask"}, {"flask", "yaml"}, ["yaml is not required"]),
        ({"flask", "gunicorn"}, {"flask", "jinja2"}, []),
    ],
)
def test_an_idle_or_missing_requirement_is_found(wanted, modules, faults):
    distributions = {"flask": ["Flask"], "jinja2": ["Jinja2"], "yaml": ["PyYAML"]}
    assert requirement_faults(wanted, modules, distributions) == faults


def test_requirements_and_imports_are_read():
    assert required("# a\nFlask==3.1.3\nqrcode[pil]==8.2; x\n-r other.in\n") == {"flask", "qrcode"}
    assert imported(["import os, yaml.x", "from flask import g", "from . import y"]) == {
        "flask",
        "yaml",
    }
