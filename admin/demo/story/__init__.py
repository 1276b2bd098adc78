"""The story: a shopper, a cashier and a marketer, told step by step through real HTTP.

Each step does what a person would do in a browser, then checks what must be true. A step that
does not hold stops the story and says what was expected.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from admin.demo.story import office, selling, shopping
from admin.demo.story.cast import Cast, StoryBroken, cast_for

__all__ = ["STEPS", "Cast", "Step", "StoryBroken", "cast_for", "tell"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what happens, and the act that does and checks it and returns a sentence."""

    title: str
    act: Callable[[Cast], str]


STEPS = (
    Step("A shopper enrols from the QR poster", shopping.enrol),
    Step("She sees her card", shopping.see_card),
    Step("A manager enrols a till and the cashier signs in", selling.open_till),
    Step("The cashier scans her card", selling.scan),
    Step("The basket is quoted, with what it earns and an offer", selling.quote),
    Step("The sale is committed; sent twice, it counts once", selling.sell_twice),
    Step("A large purchase lifts her to Gold inside the same transaction", selling.reach_gold),
    Step("The offer engine gives her a Gold offer chosen from her history", shopping.receive_offer),
    Step("She activates it in her app", shopping.activate),
    Step("She uses it at the till", selling.use_offer),
    Step("A marketer schedules a campaign: Gold, this week", office.schedule_campaign),
    Step("The scheduler sends it: in the mailbox, once each", office.read_mailbox),
    Step(
        "She returns an article: points, tier credit and offer share go back exactly",
        selling.bring_back,
    ),
    Step("The books are proven", office.prove),
)


def tell(cast: Cast, *, heard: Callable[[int, Step, str], None]) -> None:
    """Play every step in order; ``heard`` is called after each with its number and sentence.

    Raises:
        StoryBroken: a step did not hold; it names the step and what was expected.
    """
    for number, step in enumerate(STEPS, start=1):
        try:
            sentence = step.act(cast)
        except (StoryBroken, LookupError) as broken:
            raise StoryBroken(f"{step.title}: {broken}") from broken
        heard(number, step, sentence)
