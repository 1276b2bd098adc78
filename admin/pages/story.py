"""A member's story as one line of moments, and her place on the stairs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from loyalty.kernel.i18n import format_date, gettext
from loyalty.kernel.problems import N_
from loyalty.queries import ConsentEntry, Programme, StatementLine, TierStep, tier_amount
from loyalty.queries.amounts import Amounts
from loyalty.values import PurchaseId, Purpose, TierProgress

_WHOLE_BP = 10_000

PURPOSES = {
    Purpose.EMAIL_MARKETING: N_("offers by e-mail"),
    Purpose.SMS_MARKETING: N_("offers by SMS"),
    Purpose.PERSONAL_OFFERS: N_("offers chosen from purchases"),
}
"""What a consent allows, in a few words."""

CAUSES = {
    "purchase": N_("by a purchase"),
    "return": N_("by a return"),
    "review": N_("at the yearly review"),
    "assigned": N_("by hand"),
    "opening": N_("brought along from before"),
    "merge": N_("by joining two memberships"),
    "unmerge": N_("by parting two memberships"),
}
"""What changed a level, by the word before the colon of its cause."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened to a member. ``moved`` is empty where no points did."""

    at: datetime
    icon: str
    kind: str
    title: str
    notes: tuple[str, ...] = ()
    moved: str = ""
    gained: bool = False
    purchase_id: PurchaseId | None = None


@dataclass(frozen=True, slots=True)
class Landing:
    """One tier on the stairs."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Flight:
    """Where a member stands: ``here`` counts from 0, ``progress_bp`` is rounded down."""

    levels: tuple[Landing, ...]
    here: int
    progress_bp: int
    sentence: str
    kept: str


def moments(
    lines: Iterable[StatementLine],
    steps: Iterable[TierStep],
    answers: Iterable[ConsentEntry],
    *,
    programme: Programme,
    language: str,
    amount: Amounts,
    since: datetime | None = None,
) -> list[Moment]:
    """Return what happened from ``since`` on, newest first: points, steps, consents."""
    found = [
        *(_of_line(line, amount) for line in lines),
        *(_of_step(step, programme, language) for step in steps),
        *(_of_answer(answer, language) for answer in answers),
    ]
    kept = [one for one in found if since is None or one.at >= since]
    return sorted(kept, key=lambda one: one.at, reverse=True)


def flight_of(programme: Programme, tier: TierProgress, language: str) -> Flight | None:
    """Return a member's place on the stairs; ``None`` when the programme has none to climb."""
    levels = programme.tiers.levels
    if len(levels) < 2:  # noqa: PLR2004 - one landing is no flight
        return None
    here = next((n for n, level in enumerate(levels) if level.id == tier.level), 0)
    sentences = tuple(_sentences(programme, tier, language))
    return Flight(
        levels=tuple(
            Landing(level.name(language), _amount(programme, level.from_minor, language))
            for level in levels
        ),
        here=here,
        progress_bp=_progress_bp(programme, here, tier.spend_minor),
        sentence=sentences[0],
        kept=" ".join(sentences[1:]),
    )


def _of_line(line: StatementLine, amount: Amounts) -> Moment:
    gained = line.points > 0
    return Moment(
        at=line.occurred_at,
        icon="plus" if gained else "minus",
        kind="good" if gained else "",
        title=line.title,
        notes=line.reasons,
        moved=amount.signed(line.points, line.unit),
        gained=gained,
        purchase_id=line.purchase_id,
    )


def _of_step(step: TierStep, programme: Programme, language: str) -> Moment:
    before, after = (
        programme.level_name(level, language) for level in (step.from_level, step.to_level)
    )
    cause = CAUSES.get(step.cause.partition(":")[0])
    return Moment(
        at=step.at,
        icon="stairs",
        kind="brand",
        title=f"{before} → {after}",
        notes=(gettext(language, cause),) if cause else (),
    )


def _of_answer(answer: ConsentEntry, language: str) -> Moment:
    said = N_("Allowed: {what}") if answer.granted else N_("Did not allow: {what}")
    what = gettext(language, PURPOSES[answer.purpose])
    return Moment(
        at=answer.at,
        icon="hand",
        kind="",
        title=gettext(language, said, what=what),
    )


def _progress_bp(programme: Programme, here: int, spend_minor: int) -> int:
    """Return how much of the way from this tier to the next is done, rounded down."""
    levels = programme.tiers.levels
    if here + 1 >= len(levels):
        return 0
    start, end = levels[here].from_minor, levels[here + 1].from_minor
    return min(max(spend_minor - start, 0), end - start) * _WHOLE_BP // (end - start)


def _sentences(programme: Programme, tier: TierProgress, language: str) -> Iterator[str]:
    """Yield what is missing to the next tier, then until when this one is sure."""
    if tier.next_level is None:
        yield gettext(language, N_("The highest tier."))
    else:
        yield gettext(
            language,
            N_("{amount} more to {level}"),
            amount=_amount(programme, tier.to_next_minor, language),
            level=programme.level_name(tier.next_level, language),
        )
    if tier.kept_until_on is None:
        return
    day = format_date(language, tier.kept_until_on)
    yield gettext(language, N_("Sure until {day}."), day=day)
    if tier.to_keep_minor:
        amount = _amount(programme, tier.to_keep_minor, language)
        yield gettext(language, N_("{amount} more this year keeps it for another."), amount=amount)


def _amount(programme: Programme, amount: int, language: str) -> str:
    return tier_amount(programme, amount, language) if amount else ""
