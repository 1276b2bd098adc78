"""Replays that somebody asked for: worked out some members at a time, beside everything else."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from loyalty.commands import note_what_if
from loyalty.compiling import compile_programme
from loyalty.kernel.clock import monotonic
from loyalty.kernel.db import Database
from loyalty.programme import Programme
from loyalty.queries.liability import Liability, liability
from loyalty.queries.programme import programme_of
from loyalty.queries.what_if_runs import next_what_if
from loyalty.queries.whatif import buyers_after, what_if
from loyalty.values import ProgrammeVersionId
from loyalty.whatif import By, Side, Tally, merged, read_tally, tally_document

ACTOR = "job:what-if"
AT_ONCE = 400
"""Members replayed before the progress is written."""


def replay_more(database: Database, *, seconds: float) -> str | None:
    """Work on the oldest replay for some seconds; return its id, or ``None`` if there is none.

    What was replayed is written every few hundred members: the next call goes on there.
    """
    with database.look(actor=ACTOR) as tx:
        run = next_what_if(tx)
        if run is None:
            return None
        before = programme_of(tx, run.version_id)
    after = compile_programme(run.document, version_id=ProgrammeVersionId("draft"))
    tally, cursor, done = read_tally(run.tally) if run.tally else Tally(), run.cursor, run.done
    begun = monotonic()
    while True:
        with database.look(actor=ACTOR) as tx:
            members = buyers_after(tx, cursor, AT_ONCE)
            part = what_if(
                tx,
                before=before,
                after=after,
                member_ids=members,
                since=run.first_on,
                until=run.last_on,
            )
        tally, done = merged([tally, part]), done + len(members)
        cursor = members[-1] if members else cursor
        ended = len(members) < AT_ONCE
        spent = run.worked_ms + round((monotonic() - begun) * 1000)
        kept: dict[str, Any] = {"cursor": cursor, "done": done, "worked_ms": spent}
        kept["tally"] = tally_document(tally)
        if ended:
            kept["outcome"] = _outcome(database, tally, before, after)
        with database.begin(actor=ACTOR) as tx:
            note_what_if(tx, run_id=run.id, ended=ended, **kept)
        if ended or monotonic() - begun > seconds:
            return str(run.id)


def _outcome(
    database: Database, tally: Tally, before: Programme, after: Programme
) -> dict[str, Any]:
    """Return what a whole replay came to, in points and money."""
    with database.look(actor=ACTOR) as tx:
        owed = liability(tx)
    return {
        "members": tally.members,
        "purchases": tally.purchases,
        "spend_minor": tally.spend_minor,
        "booked_points": tally.booked_points,
        "currency": before.currency,
        "before": _side(tally.before, before, owed),
        "after": _side(tally.after, after, owed),
        "moves": [[start, end, count] for (start, end), count in tally.moves.items()],
        "segments": {
            by.value: {name: asdict(one) for name, one in tally.segments[by].items()} for by in By
        },
        "everybody": asdict(tally.all_members),
        "owed_minor": owed.expected_minor,
    }


def _side(side: Side, programme: Programme, owed: Liability) -> dict[str, Any]:
    """Return what one programme gave, and what of it would be owed: what will really be used."""
    used = owed.said.used_later(side.points, 0)
    redemption = programme.redemption
    return {
        "points": side.points,
        "vouchers": side.vouchers,
        "cost_minor": side.cost_minor(programme),
        "owed_minor": redemption.value_of(used) if redemption else 0,
        "levels": [
            [level.id, dict(level.names), side.levels.get(level.id, 0)]
            for level in programme.tiers.levels
        ],
    }
