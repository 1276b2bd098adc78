"""``redeem`` and ``release``: points and rewards outside a sale."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from admin.examples.stage import Answer, NotHonouredYet, Stage
from admin.examples.story import Plain, Step
from loyalty import commands
from loyalty.kernel.problems import Problem
from loyalty.values import RedemptionId

HOLD_SECONDS = 900


def redeem(stage: Stage, step: Step, nth: int) -> Answer:
    """Spend points, claim a reward or use a voucher; or hold it, or capture what was held."""
    asked: Plain = step.asked
    if "of_list" in asked:
        return _several(stage, step, asked["of_list"], nth)
    if asked.get("release"):
        return release(stage, replace(step, asked={**asked, "of": asked["release"]}), nth)
    if asked.get("capture"):
        return _capture(stage, asked)
    member = str(asked["member"])
    member_id = stage.member_id(member)
    source = step.cause(nth)
    if "voucher" in asked:
        with stage.begin() as tx:
            commands.use_voucher(
                tx,
                member_id=member_id,
                voucher_id=voucher_id(stage, asked["voucher"]),
                source=source,
            )
        return Answer(member=member)
    hold = int(asked.get("seconds", HOLD_SECONDS)) if asked.get("hold") else None
    with stage.begin() as tx:
        if "reward" in asked:
            spent = commands.claim_reward(
                tx,
                keys=stage.keys,
                member_id=member_id,
                reward_id=str(asked["reward"]),
                source=source,
                claims=asked.get("units"),
                till_cost=till_cost(stage, asked),
                hold_seconds=hold,
            )
        else:
            spent = commands.redeem_points(
                tx,
                member_id=member_id,
                points=points_of(stage, asked),
                source=source,
                wallet=str(asked.get("wallet", "")),
                till_cost=till_cost(stage, asked),
                hold_seconds=hold,
            )
    _remember(stage, step, asked, member, spent)
    return _answer(stage, member, spent)


def _several(stage: Stage, step: Step, each: list[Plain], nth: int) -> Answer:
    """Redeem several things one after the other: all of them, or none."""
    start, things = stage.scratch.snapshot(), dict(stage.cast.things)
    member = next((str(one["member"]) for one in each if "member" in one), None)
    charged: dict[str, int] = {}
    minor = vouchers = 0
    try:
        for place, one in enumerate(each):
            asked = {"member": member, **one} if member is not None else one
            answer = redeem(stage, replace(step, asked=asked), nth * len(each) + place)
            for unit, points in answer.facts.get("charged", {}).items():
                charged[unit] = charged.get(unit, 0) + points
            minor += answer.facts.get("redeemed_minor", 0)
            vouchers += answer.facts.get("vouchers_issued", 0)
    except Problem:
        stage.scratch.restore(start)
        stage.cast.things = things
        raise
    facts = {"charged": charged, "redeemed_minor": minor, "earned": {}, "vouchers_issued": vouchers}
    return Answer(member=member, facts=facts)


def release(stage: Stage, step: Step, nth: int) -> Answer:
    """Let a hold go, or give back what was redeemed."""
    del nth
    asked: Plain = step.asked
    member, redemption_id = _redemption(stage, asked, "of")
    with stage.begin() as tx:
        spent = commands.release_redemption(
            tx, member_id=stage.member_id(member), redemption_id=RedemptionId(redemption_id)
        )
    return _answer(stage, member, spent, back=True)


def points_of(stage: Stage, asked: Plain) -> int | None:
    """Return how many grains are asked for; ``None`` for all of them."""
    points = asked.get("points", "all")
    wallet = str(asked.get("wallet") or stage.wallet)
    return None if points == "all" else stage.grains(wallet, points)


def till_cost(stage: Stage, asked: Plain) -> int | None:
    """Return what the till says it costs, in grains."""
    if "till_cost" not in asked:
        return None
    return stage.grains(str(asked.get("wallet") or stage.wallet), asked["till_cost"])


def voucher_id(stage: Stage, named: Any) -> Any:
    """Return the voucher that the file means: by its name, or the oldest one of a purchase."""
    found = stage.cast.things.get(f"voucher:{named}")
    if found is None:
        raise NotHonouredYet(f"there is no voucher {named!r} so far")
    return found


def _capture(stage: Stage, asked: Plain) -> Answer:
    member, redemption_id = _redemption(stage, asked, "capture")
    points = None if asked.get("points", "all") == "all" else points_of(stage, asked)
    with stage.begin() as tx:
        spent = commands.capture_redemption(
            tx,
            keys=stage.keys,
            member_id=stage.member_id(member),
            redemption_id=RedemptionId(redemption_id),
            points=points,
        )
    return _answer(stage, member, spent)


def _remember(stage: Stage, step: Step, asked: Plain, member: str, spent: Any) -> None:
    """Keep what was redeemed under its name, and as the member's latest."""
    named = (member, spent.redemption_id)
    for name in (asked.get("as"), asked.get("hold"), step.path):
        if isinstance(name, str):
            stage.cast.things[f"redemption:{name}"] = named
    stage.cast.things[f"redemption:{member}"] = named
    stage.cast.things["redemption:"] = named
    for voucher in spent.vouchers:
        name = str(asked.get("as") or asked.get("reward"))
        stage.cast.things.setdefault(f"voucher:{name}", voucher.voucher_id)


def _redemption(stage: Stage, asked: Plain, key: str) -> tuple[str, str]:
    """Return whose redemption the file means and its id: by name, else the latest."""
    names = (asked.get(key), asked.get("hold"), asked.get("member"), "")
    for name in names:
        found: tuple[str, str] | None = stage.cast.things.get(f"redemption:{name}")
        if isinstance(name, str) and found is not None:
            return found
    raise NotHonouredYet("nothing was redeemed or held so far")


def _answer(stage: Stage, member: str, spent: Any, *, back: bool = False) -> Answer:
    wallet = spent.wallet or stage.wallet
    taken = {"held": 0, "done": spent.points}.get(str(spent.state), 0)
    charged = -spent.points if back and str(spent.state) == "given_back" else taken
    facts = {
        "charged": {wallet: charged},
        "redeemed_minor": spent.value_minor,
        "earned": {},
        "vouchers_issued": len(spent.vouchers),
    }
    return Answer(member=member, result=spent, facts=facts)
