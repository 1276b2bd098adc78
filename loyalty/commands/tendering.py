"""Tenders that come out of a member's wallets: stored value, and points at their worth.

A tender lowers what is due, never the total. Points that are tendered are points redeemed: the
programme says whether what they paid still earns, and how they come back. Stored value is money.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from loyalty.commands.ledger import lapse_day_of
from loyalty.commands.spending import refusal
from loyalty.errors import NoRedemption, NotEnoughPoints, WalletCannotPay
from loyalty.journal import Cause, Journal
from loyalty.programme import Programme
from loyalty.redemption import settle_redemption
from loyalty.values import Asked, Payable, Refusal, Tender
from loyalty.words import Contra, PostingKind


def redeemed_tenders(tenders: Iterable[Tender]) -> tuple[tuple[Asked, ...], tuple[Tender, ...]]:
    """Return the tenders of points as what they are, points redeemed, and the other tenders.

    Where no amount is given, points pay what the tenders before them leave. When that is not known
    beforehand, because one of those names no amount either, points stay a tender in its turn.
    """
    asked: list[Asked] = []
    others: list[Tender] = []
    beside: int | None = 0
    for one in tenders:
        if one.kind == "points" and (one.amount_minor is not None or beside is not None):
            asked.append(
                Asked(
                    all_points=one.amount_minor is None,
                    value_minor=one.amount_minor,
                    beside_minor=(beside or 0) if one.amount_minor is None else 0,
                    wallet=one.wallet,
                    tendered=True,
                )
            )
            continue
        others.append(one)
        known = beside is not None and one.amount_minor is not None
        beside = (beside or 0) + (one.amount_minor or 0) if known else None
    return tuple(asked), tuple(others)


def tender_wallet(
    journal: Journal,
    programme: Programme,
    *,
    asked_minor: int | None,
    due_minor: int,
    cause: Cause,
    now: datetime,
) -> int:
    """Let stored value pay; return the minor units that it paid.

    What is asked, or, when nothing is, what is due and there is. Never more than is due. A unit
    is worth a unit of money, unless it is the wallet of the programme's points.

    Raises:
        WalletCannotPay: the programme does not let this wallet pay.
        NotEnoughPoints: it holds less than is asked; nothing was taken.
    """
    if not journal.rule.tender:
        raise WalletCannotPay(journal.unit)
    if programme.redemption is not None and programme.redemption.wallet == journal.unit:
        return tender_points(
            journal, programme, asked_minor=asked_minor, due_minor=due_minor, cause=cause, now=now
        )
    usable = journal.usable(lapse_day=lapse_day_of(journal, programme, now))
    scale = journal.rule.decimals - programme.minor_digits
    factor: int = 10 ** abs(scale)
    there = usable // factor if scale >= 0 else usable * factor
    paid = min(there if asked_minor is None else asked_minor, due_minor)
    grains = grains_of(journal, programme, paid)
    if grains > usable:
        raise NotEnoughPoints(journal.member_id, available=usable, required=grains)
    if grains:
        journal.take(PostingKind.TENDER, Contra.TENDERED, grains, cause)
    return paid


def grains_of(journal: Journal, programme: Programme, minor: int) -> int:
    """Return the grains of a wallet that stand for ``minor`` units of money."""
    scale = journal.rule.decimals - programme.minor_digits
    factor: int = 10 ** abs(scale)
    return minor * factor if scale >= 0 else -(-minor // factor)


def tender_points(
    journal: Journal,
    programme: Programme,
    *,
    asked_minor: int | None,
    due_minor: int,
    cause: Cause,
    now: datetime,
    total_minor: int | None = None,
) -> int:
    """Let points pay by the programme's worth of them; return the minor units that they paid.

    Steps, minimum and maximum hold as for any redemption; what is asked is money, and
    ``total_minor`` is the basket of which points may pay a share.

    Raises:
        NoRedemption: points of this wallet do not pay.
        NotEnoughPoints, BelowMinimum, AboveMaximum, NotAStep: nothing was taken.
    """
    rule = programme.redemption
    if rule is None or rule.wallet != journal.unit:
        raise NoRedemption
    usable = journal.usable(lapse_day=lapse_day_of(journal, programme, now))
    due = due_minor if asked_minor is None else min(asked_minor, due_minor)
    total = due if total_minor is None else total_minor
    asked = Asked(all_points=True)
    if asked_minor is not None:
        asked = Asked(points=-(-due * rule.points // rule.value_minor))
    got = settle_redemption(rule, asked, usable=usable, payable=Payable(total, due))
    if isinstance(got, Refusal):
        raise refusal(got, journal.member_id, usable)
    if got.points:
        journal.take(PostingKind.TENDER, Contra.TENDERED, got.points, cause)
    return got.value_minor
