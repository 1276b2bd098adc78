"""``loyalty examples``: run worked examples through the real commands."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from admin.examples.files import run_files
from admin.examples.report import Outcome, lines
from admin.examples.schema import schema_text


@click.group()
def examples() -> None:
    """Run worked examples: dated stories that say what a programme must do, in numbers."""


@examples.command("run")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document for machines.")
@click.option("--tag", "tags", multiple=True, help="Run only documents with this tag; repeatable.")
@click.option("--jobs", default=2, show_default=True, help="How many processes share the work.")
def run_examples(
    files: tuple[Path, ...], *, as_json: bool, tags: tuple[str, ...], jobs: int
) -> None:
    """Run every document of FILES on a scratch database of its own.

    Prints one line for each expectation, then how many passed and failed. Exits with status 0
    when all passed, 1 when something failed or cannot be read, 2 when nothing was there to run.
    """
    report = run_files(files, tags=frozenset(tags), jobs=jobs, told=None if as_json else _tell)
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False))
    else:
        click.echo(f"{report.passed} passed, {report.failed} failed")
        click.echo(f"({report.steps} steps in {report.seconds:.2f} s)", err=True)
    if not report.outcomes:
        sys.exit(2)
    sys.exit(1 if report.failed else 0)


@examples.command("schema")
def print_schema() -> None:
    """Print the JSON Schema of worked examples, for editors."""
    click.echo(schema_text(), nl=False)


def _tell(outcome: Outcome) -> None:
    click.echo(lines(outcome.findings), nl=False)
