"""The levels as a flight of stairs: where a member stands, what is missing, what is safe."""

from __future__ import annotations

from dataclasses import dataclass

from loyalty.kernel.i18n import format_date, gettext
from loyalty.kernel.problems import N_
from loyalty.programme import Level, Metric, Programme
from loyalty.queries import tier_amount
from loyalty.values import TierProgress

WHOLE_BP = 10_000


@dataclass(frozen=True, slots=True)
class Landing:
    """One level of the flight."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Stairs:
    """The flight, in the member's language.

    ``progress_bp`` is how far up the next flight she is, 0 to 10,000, rounded down: the last
    step is drawn only when the level is reached. ``kept`` is empty when nothing can be lost.
    """

    levels: tuple[Landing, ...]
    here: int
    progress_bp: int
    sentence: str
    kept: str


def stairs_of(programme: Programme, tier: TierProgress, language: str) -> Stairs | None:
    """Return the flight of a member; ``None`` when the programme has no stairs to climb."""
    levels = programme.tiers.levels
    if len(levels) < 2:  # noqa: PLR2004 - one landing is no flight
        return None
    here = max(0, programme.tiers.rank(tier.level) - 1)
    return Stairs(
        levels=tuple(_landing(level, programme, language) for level in levels),
        here=here,
        progress_bp=_progress_bp(levels, here, tier.spend_minor),
        sentence=_sentence(programme, tier, language),
        kept=_kept(programme, tier, language),
    )


def _landing(level: Level, programme: Programme, language: str) -> Landing:
    """Return a level with what it takes."""
    if level.from_minor == 0:
        return Landing(level.name(language), "")
    amount = tier_amount(programme, level.from_minor, language)
    return Landing(level.name(language), gettext(language, N_("from {amount}"), amount=amount))


def _progress_bp(levels: tuple[Level, ...], here: int, spend_minor: int) -> int:
    """Return how much of the way from this level's threshold to the next one is done."""
    if here + 1 >= len(levels):
        return 0
    start, end = levels[here].from_minor, levels[here + 1].from_minor
    done = min(max(spend_minor - start, 0), end - start)
    return done * WHOLE_BP // (end - start)


def _sentence(programme: Programme, tier: TierProgress, language: str) -> str:
    """Return what is missing to the next level, or that there is none."""
    if tier.next_level is None:
        return gettext(language, N_("You have climbed all the stairs."))
    more = N_("{amount} more to reach {level}")
    if programme.tiers.metric is Metric.SPEND:
        more = N_("{amount} more of purchases to reach {level}")
    return gettext(
        language,
        more,
        amount=tier_amount(programme, tier.to_next_minor, language),
        level=programme.level_name(tier.next_level, language),
    )


def _kept(programme: Programme, tier: TierProgress, language: str) -> str:
    """Return until when the level is safe, and what it takes to keep it for longer."""
    if tier.kept_until_on is None:
        return ""
    level = programme.level_name(tier.level, language)
    until = format_date(language, tier.kept_until_on)
    if tier.to_keep_minor == 0:
        return gettext(language, N_("{level} is yours until {day}."), level=level, day=until)
    keeps = N_("{level} is yours until {day}. {amount} more by then keeps it.")
    if programme.tiers.metric is Metric.SPEND:
        keeps = N_("{level} is yours until {day}. {amount} more of purchases by then keeps it.")
    return gettext(
        language,
        keeps,
        level=level,
        day=until,
        amount=tier_amount(programme, tier.to_keep_minor, language),
    )
