"""What happens to a member's wallets by time and by rule: pure arithmetic on open journals.

Points lapse, waiting points arrive, what a purchase earns waits or counts at once, what a return
takes comes from here or there. Whoever moves anything of a member opens her journals and calls
these, so that the till, the jobs and the back office cannot disagree.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeAlias

from loyalty.expiry import NEVER
from loyalty.journal import Cause, Journal, Row
from loyalty.kernel.values import MAX_WHOLE
from loyalty.lots import Lot, LotKey
from loyalty.programme import Programme, ShortBalance, WalletRule, is_hidden, shadow_of
from loyalty.words import Contra, PostingKind

Journals: TypeAlias = Mapping[str, Journal]
"""The open wallets of one member, by name."""


@dataclass(frozen=True, slots=True)
class Filled:
    """The lots that a cause filled: while its points wait, and once they count."""

    waiting: tuple[LotKey, ...] = ()
    main: tuple[LotKey, ...] = ()


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What a return took: ``points`` in all, ``pending`` of them while they were waiting."""

    points: int
    pending: int


def settle(journals: Journals, programme: Programme, now: datetime) -> None:
    """Let what has lapsed lapse, then what is due arrive, then lapse what arrived too late."""
    for journal in _shown(journals):
        lapse(journal, programme, now)
        if activate_due(journals, programme, unit=journal.unit, now=now):
            lapse(journal, programme, now)


def catch_up(journals: Journals, programme: Programme, now: datetime) -> None:
    """Let what is due arrive; where nothing ever waits, leave what has lapsed to who needs it."""
    if any(is_hidden(unit) for unit in journals):
        settle(journals, programme, now)


def lapse(journal: Journal, programme: Programme, now: datetime) -> int:
    """Post what has lapsed in one wallet; return how many points."""
    last = journal.lapse_day(programme.local_day(now))
    rows = journal.expire(lapse_day=last, cause=_by_itself("expiry", programme, now))
    return sum(-int(row["points"]) for row in rows)


def activate_due(journals: Journals, programme: Programme, *, unit: str, now: datetime) -> int:
    """Let the waiting points arrive whose day has come; return how many points."""
    shadow = journals.get(shadow_of(unit))
    if shadow is None:
        return 0
    today = programme.local_day(now)
    due = [lot.key for lot in shadow.lots.values() if lot.left and lot.expires_on <= today]
    return activate(journals, programme, unit=unit, keys=due, now=now)


def activate(
    journals: Journals, programme: Programme, *, unit: str, keys: Iterable[LotKey], now: datetime
) -> int:
    """Let the waiting points of the lots ``keys`` arrive; return how many points.

    They lapse as if they had counted from the day they were earned.
    """
    main, shadow = journals[unit], journals[shadow_of(unit)]
    arrived = 0
    for key in sorted(keys):
        lot = shadow.lots[key]
        if not lot.left:
            continue
        assert lot.earned_at is not None, "what waits has a lot of its own"
        source = f"{activation_source(unit, key.lot_no)}:{lot.consumed}"
        cause = _by_itself(f"{source}:out", programme, now)
        shadow.take(PostingKind.ACTIVATION, Contra.PENDING, lot.left, cause, first=[key])
        cause = replace(
            cause, source=f"{source}:in", request_hash=f"{source}:in", occurred_at=lot.earned_at
        )
        lot_on = main.rule.expiry.expires_on(programme.local_day(lot.earned_at))
        main.grant(PostingKind.ACTIVATION, Contra.PENDING, [(lot_on, lot.left)], cause)
        arrived += lot.left
    return arrived


def activation_source(unit: str, lot_no: int) -> str:
    """Return how the sources begin under which the points of a waiting lot arrive."""
    return f"activate:{unit}:{lot_no}"


def book_purchase(
    journals: Journals, programme: Programme, *, unit: str, points: int, day: date, cause: Cause
) -> Row | None:
    """Post a purchase of ``day`` that earns ``points``, maybe none, after what time has brought."""
    catch_up(journals, programme, cause.posted_at)
    note_activity(journals, programme, day, cause.posted_at)
    if not points:
        return None
    return earn_into(journals, programme, unit=unit, points=points, day=day, cause=cause)


def earn_into(
    journals: Journals, programme: Programme, *, unit: str, points: int, day: date, cause: Cause
) -> Row:
    """Post what was earned on ``day``: into the waiting wallet, if the programme lets wait.

    What would have arrived by now already counts at once.
    """
    due_on = waits_until(programme, unit, day)
    if due_on is None or due_on <= programme.local_day(cause.posted_at):
        return grant_now(journals, unit=unit, points=points, day=day, cause=cause)
    shadow = journals[shadow_of(unit)]
    return shadow.grant(PostingKind.PENDING, Contra.ISSUED, [(due_on, points)], cause)


def waits_until(programme: Programme, unit: str, day: date) -> date | None:
    """Return the day on which points earned on ``day`` count; ``None`` without waiting.

    What waits for an event waits for ever until it comes. Only the default wallet waits.
    """
    rule = programme.pending
    if rule is None or unit != programme.default_wallet:
        return None
    return NEVER if rule.until_event else day + timedelta(days=rule.days or 0)


def grant_now(
    journals: Journals,
    *,
    unit: str,
    points: int,
    day: date,
    cause: Cause,
    kind: PostingKind = PostingKind.EARN,
    contra: Contra = Contra.ISSUED,
    expires_on: date | None = None,
) -> Row:
    """Post points that count at once; they last as long as points of ``day`` do, or as told."""
    journal = journals[unit]
    lot_on = expires_on or journal.rule.expiry.expires_on(day)
    return journal.grant(kind, contra, [(lot_on, points)], cause)


def note_activity(journals: Journals, programme: Programme, day: date, now: datetime) -> None:
    """Start the time of being idle anew in every wallet that knows one.

    A wallet that had been idle for too long by ``day`` is cleared before: nothing comes back.
    """
    for journal in _shown(journals):
        rule = journal.rule
        if rule.expiry.inactive_months is None:
            continue
        if rule.lapse_day(day, journal.active_on) == NEVER:
            journal.expire(lapse_day=NEVER, cause=_by_itself("expiry", programme, now))
        journal.note_active(day)


def take_earned_back(
    journals: Journals,
    *,
    unit: str,
    points: int,
    filled: Filled,
    policy: ShortBalance,
    cause: Cause,
    lapse_day: date,
) -> TakenBack:
    """Take back what a purchase earned, as far as the policy lets it.

    First what still waits of it, then the lots that it filled, then the others in the order of
    use, then a debt. What the policy does not let be taken is forgiven.
    """
    shadow = journals.get(shadow_of(unit))
    waiting = _take_waiting(shadow, filled.waiting, points, cause)
    rest = min(points - waiting, _most(journals[unit], policy, lapse_day))
    if rest > 0:
        main = journals[unit]
        main.take(PostingKind.RETURN, Contra.ISSUED, rest, cause, first=filled.main)
    return TakenBack(waiting + max(0, rest), waiting)


def opening_expiry(
    rule: WalletRule, *, earned_on: date | None, expires_on: date | None, today: date
) -> date:
    """Return when points that a member brings along lapse.

    As told; else by the wallet's rule from the day they were earned. Of points without any day
    nothing is known: they last, unless the wallet is cleared once a year.
    """
    if expires_on is not None:
        return expires_on
    if earned_on is not None:
        return rule.expiry.expires_on(earned_on)
    return NEVER if rule.expiry.purge is None else rule.expiry.expires_on(today)


def _take_waiting(
    shadow: Journal | None, keys: Collection[LotKey], points: int, cause: Cause
) -> int:
    if shadow is None:
        return 0
    there = sum(_left(shadow.lots.get(key)) for key in keys)
    taken = min(points, there)
    if taken:
        one = replace(cause, source=f"{cause.source}:pending")
        shadow.take(PostingKind.RETURN, Contra.ISSUED, taken, one, first=keys)
    return taken


def _left(lot: Lot | None) -> int:
    return lot.left if lot is not None else 0


def _most(journal: Journal, policy: ShortBalance, lapse_day: date) -> int:
    """Return how many active points a return may take at most."""
    if policy is ShortBalance.ONLY_PENDING:
        return 0
    if policy is ShortBalance.WITHIN_BALANCE:
        return journal.usable(lapse_day=lapse_day)
    floor = journal.rule.floor
    if policy is ShortBalance.UNLIMITED or floor is None:
        return MAX_WHOLE
    return max(0, journal.balance - journal.held - floor)


def _shown(journals: Journals) -> list[Journal]:
    return [journal for unit, journal in journals.items() if not is_hidden(unit)]


def _by_itself(source: str, programme: Programme, now: datetime) -> Cause:
    """Return the cause of what nobody asked for: time has passed."""
    return Cause(
        source=source,
        request_hash=source,
        programme_version_id=programme.version_id,
        occurred_at=now,
        posted_at=now,
    )
