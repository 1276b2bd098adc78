"""The rows that journals have to be written as."""

from __future__ import annotations

from loyalty.journal import Journal, Row


def wallet_row(journal: Journal) -> Row:
    """Return the running totals of a wallet."""
    return {
        "member_id": journal.member_id,
        "unit": journal.unit,
        "balance": journal.balance,
        "held": journal.held,
        "lifetime_earned": journal.lifetime_earned,
        "lifetime_spent": journal.lifetime_spent,
        "seq": journal.seq,
        "head": journal.head,
        "floor": _floor(journal),
        "active_on": journal.active_on,
    }


def lot_rows(journals: list[Journal]) -> list[Row]:
    """Return the counters of every lot that was touched; the wallet's lock makes them ours."""
    return [
        {
            "member_id": journal.member_id,
            "unit": journal.unit,
            "expires_on": key.expires_on,
            "lot_no": key.lot_no,
            "granted": journal.lots[key].granted,
            "consumed": journal.lots[key].consumed,
            "earned_at": journal.lots[key].earned_at,
        }
        for journal in journals
        for key in sorted(journal.touched)
    ]


def pour(journals: list[Journal], name: str) -> list[Row]:
    """Return the collected rows of one kind and empty the journals of them."""
    rows: list[Row] = []
    for journal in journals:
        waiting = getattr(journal, name)
        rows.extend(waiting)
        waiting.clear()
    return rows


def _floor(journal: Journal) -> int | None:
    """Return what the wallet may not pass: looser than before when the programme now lets it."""
    lowest, hard = journal.floor, journal.rule.hard_floor
    if lowest is None or journal.balance - journal.held >= lowest:
        return lowest
    return lowest if hard is not None and hard > lowest else hard
