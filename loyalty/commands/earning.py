"""Posting what a sale earns, the short way where there is one."""

from __future__ import annotations

from datetime import date

from loyalty.commands.kernels import earn, hold, is_plain
from loyalty.commands.movements import Movement, Posted
from loyalty.commands.wallets import open_member, write_wallets
from loyalty.journal import Cause
from loyalty.kernel.tx import Tx
from loyalty.programme import Programme, shadow_of
from loyalty.queries.programme import BookRules, book_rules
from loyalty.settling import book_purchase, waits_until
from loyalty.values import MemberId


def post_earning(
    tx: Tx,
    *,
    member_id: MemberId,
    programme: Programme,
    points: int,
    day: date,
    cause: Cause,
    unit: str | None = None,
) -> Posted:
    """Give an active member what her purchase of ``day`` earns, and hold her default wallet.

    With zero points nothing is posted, but the wallet is held all the same, until the transaction
    ends. The caller vouches that ``cause.source`` is new: the purchase's own key has been claimed
    before. Where points wait, or wallets know when they were used, it takes the longer way.

    Raises:
        UnknownMember, MemberBlocked: nothing was given.
    """
    rules = book_rules(tx)
    unit = unit or rules.main_unit
    if _is_plain(programme, rules, unit):
        move = Movement(member_id, unit, points, rules.rule(unit), day, cause)
        posted = earn(tx, move) if points else hold(tx, member_id, unit)
        if posted is not None:
            return posted
    waiting = [shadow_of(unit)] if waits_until(programme, unit, day) is not None else []
    journals = open_member(tx, member_id, [unit, *rules.idle, *waiting])
    book_purchase(journals, programme, unit=unit, points=points, day=day, cause=cause)
    write_wallets(tx, journals.values())
    return Posted(journals[unit].seq, journals[unit].balance)


def _is_plain(programme: Programme, rules: BookRules, unit: str) -> bool:
    """Tell whether a purchase does no more than fill a lot of the member's mutex."""
    nothing_waits = programme.pending is None and not rules.shadows
    return nothing_waits and not rules.idle and is_plain(programme, rules, unit)
