"""``offer`` and ``allocate``: what members do with offers, and the proration alone."""

from __future__ import annotations

from admin.examples.stage import Answer, NotHonouredYet, Stage
from admin.examples.story import Plain, Step
from loyalty.kernel.values import split_evenly, split_from_first, split_to_last
from offers.commands import activate_offer, deactivate_offer


def offer(stage: Stage, step: Step, nth: int) -> Answer:
    """Activate an offer for a member, or undo it."""
    del nth
    asked: Plain = step.asked
    for word in ("reserve", "release"):
        if word in asked:
            raise NotHonouredYet(f"offer: {word}")
    member = str(asked["member"])
    verb = activate_offer if "activate" in asked else deactivate_offer
    slug = str(asked.get("activate", asked.get("undo")))
    with stage.begin() as tx:
        done = verb(
            tx,
            member_id=stage.member_id(member),
            offer_id=stage.cast.offers[slug],  # type: ignore[arg-type]  # an OfferId
        )
    return Answer(member=member, result=done)


def allocate(stage: Stage, step: Step, nth: int) -> Answer:
    """Share an amount by weights, in smallest units, as the offer policy says."""
    del nth
    asked: Plain = step.asked
    policy = stage.programme.get("proration") or {}
    rounding = stage.programme.get("offer_rounding") or {}
    remainder = str(asked.get("remainder") or policy.get("remainder", "largest_remainder"))
    mode = str(asked.get("mode") or rounding.get("mode", "half_up"))
    amount = int(asked["amount"])
    weights = [int(one) for one in asked["weights"]]
    if remainder == "first_takes_rest":
        shares = split_from_first(amount, weights)
    elif remainder == "last_takes_rest":
        shares = split_to_last(amount, weights, half_even=mode == "half_even")
    else:
        shares = split_evenly(amount, weights)
    return Answer(facts={"shares": shares})
