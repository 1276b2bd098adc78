"""``loyalty programme check|publish``: with the programme's own examples run."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from admin.examples.proving import Proven, prove_programme
from admin.examples.report import lines
from loyalty.commands import publish_programme
from loyalty.kernel.runtime import Runtime
from loyalty.queries import catalogue_of, read_programme

_FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.command("check")
@_FILE
def check(file: Path) -> None:
    """Say whether the programme in FILE (YAML or JSON) could be published.

    Looks at every key, at what they promise together, and runs the examples that it carries.
    """
    proven = prove_programme(
        file.read_text(encoding="utf-8-sig", errors="surrogateescape"), file=str(file)
    )
    _tell(proven)
    click.echo("The programme is right.")


@click.command("publish")
@_FILE
@click.pass_obj
def publish(runtime: Runtime, file: Path) -> None:
    """Publish the programme in FILE as the next version, in force from now.

    Its filters may name only what the catalogue has; every example that it carries must pass.
    """
    text = file.read_text(encoding="utf-8-sig", errors="surrogateescape")
    _tell(prove_programme(text, file=str(file)))
    document = read_programme(text)
    with runtime.database.look(actor="cli:programme") as tx:
        proven = prove_programme(text, file=str(file), catalogue=catalogue_of(tx, document))
    _tell(proven)
    with runtime.database.begin(actor="cli:programme") as tx:
        done = publish_programme(tx, document=proven.document, proof=proven.proof)
    click.echo(f"Version {done.number} is in force ({done.version_id}).")


def _tell(proven: Proven) -> None:
    """Print what is wrong, if anything is, and leave with status 1."""
    if proven.faults:
        for fault in proven.faults:
            where = f"{fault.place.file}:{fault.place.line}"
            click.echo(f"{where} {fault.place.path or 'the document'}: {fault.sentence}", err=True)
        sys.exit(1)
    if proven.report.failed:
        for outcome in proven.report.outcomes:
            failed = [finding for finding in outcome.findings if not finding.passed]
            click.echo(lines(failed), nl=False, err=True)
        click.echo(f"{proven.report.passed} passed, {proven.report.failed} failed", err=True)
        sys.exit(1)


COMMANDS = (check, publish)
