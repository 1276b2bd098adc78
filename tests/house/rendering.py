"""Which templates a run has rendered: gathered in every worker, judged once at the end.

Rendering a template counts for those that it extends, includes or imports.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from flask import template_rendered
from jinja2 import Environment, meta

from tests.house.project import PACKAGES, ROOT

RENDERED = "rendered_templates"


def all_templates(root: Path = ROOT) -> dict[str, str]:
    """Return every template of the project, name to text."""
    return {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8")
        for package in PACKAGES
        for folder in sorted((root / package).rglob("templates"))
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def unrendered(templates: dict[str, str], rendered: Iterable[str]) -> list[str]:
    """Return the templates that neither were rendered nor are part of one that was."""
    environment = Environment(extensions=["jinja2.ext.do"])
    reached: set[str] = set()
    waiting = [name for name in rendered if name in templates]
    while waiting:
        name = waiting.pop()
        if name in reached:
            continue
        reached.add(name)
        parts = meta.find_referenced_templates(environment.parse(templates[name]))
        waiting += [part for part in parts if part in templates]
    return sorted(set(templates) - reached)


class Recorder:
    """A pytest plugin that fails a whole, green run in which a template was never rendered."""

    def __init__(self) -> None:
        """Listen to every Flask application of this process."""
        self.names: set[str] = set()
        self.leftovers: list[str] = []
        template_rendered.connect(self._note)

    def _note(self, sender: object, template: Any, **context: object) -> None:
        if template.name:
            self.names.add(template.name)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """Take over what a finished worker has seen."""
        self.names |= set(getattr(node, "workeroutput", {}).get(RENDERED, ()))

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """In a worker hand over the names; in the controller judge them."""
        config = session.config
        if hasattr(config, "workeroutput"):
            config.workeroutput[RENDERED] = sorted(self.names)
        elif exitstatus == pytest.ExitCode.OK and is_whole(config):
            self.leftovers = unrendered(all_templates(), self.names)
            if self.leftovers:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Name the templates that no test has rendered."""
        if self.leftovers:
            terminalreporter.write_sep("=", "templates that no test has rendered", red=True)
            for name in self.leftovers:
                terminalreporter.write_line(name)


def is_whole(config: pytest.Config) -> bool:
    """Tell whether the run was asked for every test there is."""
    options = config.option
    narrowed = (
        options.keyword,
        options.markexpr,
        options.deselect,
        options.ignore,
        options.ignore_glob,
        options.collectonly,
        getattr(options, "lf", False),
        getattr(options, "stepwise", False),
        getattr(options, "maxfail", 0),
    )
    return config.args_source is not config.ArgsSource.ARGS and not any(narrowed)
