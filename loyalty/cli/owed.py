"""``loyalty liability``: what the programme owes, for the accountant."""

from __future__ import annotations

import csv
import json
import sys
from dataclasses import asdict
from typing import Any, TextIO

import click

from loyalty.kernel.i18n import format_money
from loyalty.kernel.problems import Problem
from loyalty.kernel.runtime import Runtime
from loyalty.liability import Entry
from loyalty.queries.liability import Liability, liability, liability_journal

_PER_CENT_BP = 10_000


@click.command("liability")
@click.option("--json", "as_json", is_flag=True, help="Print for machines.")
@click.option(
    "--journal",
    "journal_file",
    type=click.File("w", encoding="utf-8", lazy=True),
    help="Write the bookings of every month as CSV; - for standard output.",
)
@click.pass_obj
def liability_command(runtime: Runtime, /, *, as_json: bool, journal_file: TextIO | None) -> None:
    """Say what members' points are worth, what of them will be used, and month by month (IFRS 15).

    Of what members pay, the part that belongs to their points is deferred until the points are
    used or run out. What will never be used is learned from points that have run out.
    """
    try:
        with runtime.database.look(actor="cli:liability") as tx:
            found = liability(tx)
    except Problem as problem:
        raise click.ClickException(f"{problem.title}: {problem.detail}") from problem
    if journal_file is not None:
        _write_journal(journal_file, liability_journal(found))
        return
    if as_json:
        click.echo(json.dumps(_facts(found), default=str))
        return
    _tell(found)


def _write_journal(file: TextIO, entries: list[Entry]) -> None:
    """Write one line a booking side; amounts are minor units of the programme's currency."""
    target = sys.stdout if file.name == "-" else file
    writer = csv.writer(target)
    writer.writerow(["on", "account", "debit_minor", "credit_minor"])
    for one in entries:
        writer.writerow([one.on.isoformat(), one.account, one.debit_minor, one.credit_minor])


def _facts(found: Liability) -> dict[str, Any]:
    facts = asdict(found)
    facts["said"] = {"closed_cohorts": found.said.closed, "used_later_by_age": found.said.by_age}
    facts["months"] = [asdict(row) | {"closing_minor": row.closing_minor} for row in found.months]
    return facts


def _tell(found: Liability) -> None:
    """Print the figures for people."""

    def money(minor: int) -> str:
        return format_money("en", minor, found.currency)

    click.echo(f"Outstanding  {found.outstanding} {found.unit}, worth {money(found.gross_minor)}")
    click.echo(f"Expected     {found.expected} to be used, worth {money(found.expected_minor)}")
    if found.said.by_age:
        click.echo(f"Learned from {found.said.closed} months of points that have run out.")
    else:
        click.echo("Too few points have run out to say what is never used: all of it counts.")
    if found.tested is not None:
        test = found.tested
        off = (test.predicted - test.used) * _PER_CENT_BP // max(1, test.outstanding)
        click.echo(
            f"A year ago   {test.predicted} of {test.outstanding} were expected to be used; "
            f"{test.used} were ({off / 100:+.2f} points of a hundred)."
        )
    click.echo("\nMonth          Opening     Deferred         Used       Broken      Closing")
    for row in found.months:
        amounts = (
            row.opening_minor,
            row.deferred_minor,
            row.used_minor,
            row.broken_minor,
            row.closing_minor,
        )
        click.echo(f"{row.month:%Y-%m} " + " ".join(f"{money(one):>12}" for one in amounts))
