"""``loyalty what-if``: what other rules would have done to the purchases that were made."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from loyalty.compiling import compile_programme
from loyalty.kernel.db import Database
from loyalty.kernel.i18n import format_money
from loyalty.kernel.problems import Problem
from loyalty.kernel.runtime import Runtime
from loyalty.programme import Programme
from loyalty.programme_text import read_programme
from loyalty.queries import current_programme
from loyalty.queries.whatif import members_to_replay, what_if
from loyalty.values import MemberId, ProgrammeVersionId
from loyalty.whatif import Segment, Side, Tally, merged

DRAFT = ProgrammeVersionId("draft")
DAY = click.DateTime(["%Y-%m-%d"])


@click.command("what-if")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--from", "since", type=DAY, required=True, help="First day, local.")
@click.option("--to", "until", type=DAY, required=True, help="Last day, local.")
@click.option("--workers", type=click.IntRange(1, 64), default=os.cpu_count() or 1)
@click.option("--json", "as_json", is_flag=True, help="Print for machines.")
@click.pass_obj
def what_if_command(
    runtime: Runtime,
    /,
    *,
    file: Path,
    since: datetime,
    until: datetime,
    workers: int,
    as_json: bool,
) -> None:
    """Replay real purchases under the rules in FILE beside the rules in force; change nothing.

    Says what would have been given, what it would have cost, who would stand on which level, and
    who wins or loses. Offers are kept as they were. The line "booked" holds the replay of the
    rules in force against the books: where they differ, the rules changed within the period.
    """
    try:
        document = read_programme(file.read_text(encoding="utf-8"))
        draft = compile_programme(document, version_id=DRAFT)
        with runtime.database.look(actor="cli:what-if") as tx:
            now, everybody = current_programme(tx), members_to_replay(tx)
    except Problem as problem:
        raise click.ClickException(f"{problem.title}: {problem.detail}") from problem
    days = (since.date(), until.date())
    if days[0] > days[1]:
        raise click.ClickException("The first day lies after the last one.")
    tally = _replayed(runtime.database, document, everybody, days, workers)
    if as_json:
        click.echo(json.dumps(_facts(tally, now, draft), ensure_ascii=False))
    else:
        _tell(tally, now, draft)


def _replayed(
    database: Database,
    document: dict[str, Any],
    everybody: Sequence[MemberId],
    days: tuple[date, date],
    workers: int,
) -> Tally:
    """Share the members among processes, each with a connection of its own."""
    size = max(1, min(1000, -(-len(everybody) // workers)))
    pieces = [everybody[start : start + size] for start in range(0, len(everybody), size)]
    done, tallies = 0, []
    url = database.engine.url.render_as_string(hide_password=False)
    with ProcessPoolExecutor(workers) as pool:
        jobs = [pool.submit(_piece, url, document, piece, days) for piece in pieces]
        for job, piece in zip(jobs, pieces, strict=True):
            tallies.append(job.result())
            done += len(piece)
            if sys.stderr.isatty():
                last = done == len(everybody)
                click.echo(f"\r{done}/{len(everybody)} members\x1b[K", nl=last, err=True)
    return merged(tallies)


def _piece(
    url: str, document: dict[str, Any], member_ids: Sequence[MemberId], days: tuple[date, date]
) -> Tally:
    """Replay some members in a process of its own."""
    database = Database(url)
    try:
        with database.look(actor="cli:what-if") as tx:
            return what_if(
                tx,
                before=current_programme(tx),
                after=compile_programme(document, version_id=DRAFT),
                member_ids=member_ids,
                since=days[0],
                until=days[1],
            )
    finally:
        database.dispose()


def _facts(tally: Tally, now: Programme, draft: Programme) -> dict[str, Any]:
    def side(one: Side, programme: Programme) -> dict[str, Any]:
        return {
            "points": one.points,
            "vouchers": one.vouchers,
            "cost_minor": one.cost_minor(programme),
            "levels": dict(one.levels),
        }

    return {
        "members": tally.members,
        "purchases": tally.purchases,
        "spend_minor": tally.spend_minor,
        "booked_points": tally.booked_points,
        "before": side(tally.before, now),
        "after": side(tally.after, draft),
        "moves": [
            {"from": start, "to": end, "members": members}
            for (start, end), members in tally.moves.most_common()
        ],
        "segments": {
            by.value: {name: asdict(one) for name, one in segments.items()}
            for by, segments in tally.segments.items()
        },
    }


def _tell(tally: Tally, now: Programme, draft: Programme) -> None:
    """Print the figures for people."""
    click.echo(f"{tally.purchases} purchases of {tally.members} members")
    before, after = tally.before, tally.after
    rows: list[tuple[str, object, object]] = [
        ("", "rules in force", "rules in the file"),
        ("points", before.points, after.points),
        ("vouchers", before.vouchers, after.vouchers),
        (
            "cost if all used",
            format_money("en", before.cost_minor(now), now.currency),
            format_money("en", after.cost_minor(draft), draft.currency),
        ),
    ]
    levels = dict.fromkeys([*before.levels, *after.levels])
    rows.extend((f"on {one}", before.levels[one], after.levels[one]) for one in levels)
    for label, left, right in rows:
        click.echo(f"{label:<18}{left!s:>18}{right!s:>20}")
    off = before.points - tally.booked_points
    click.echo(f"booked            {tally.booked_points:>18}   replay {off:+d}")
    for by, segments in tally.segments.items():
        click.echo(f"\n{by.value:<18}  members   win points  lose points")
        for name, one in sorted(segments.items(), key=_in_order):
            click.echo(f"{name or '-':<18}{one.members:>9}{one.winners:>13}{one.losers:>13}")
    for (start, end), members in tally.moves.most_common():
        click.echo(f"{members} would stand on {end} instead of {start}")


def _in_order(named: tuple[str, Segment]) -> tuple[int, str]:
    """Sort bands of spend by where they begin, other names as they are."""
    name = named[0]
    return (int(name) if name.isdecimal() else 0, name)
