"""``pool``: members who collect together."""

from __future__ import annotations

from typing import Any

from admin.examples.stage import Answer, NotHonouredYet, Stage, command
from admin.examples.story import Plain, Step


def pool(stage: Stage, step: Step, nth: int) -> Answer:
    """Open a pool, join or leave it, or put points into it."""
    asked: Plain = step.asked
    member = str(asked.get("member", asked.get("owner", "")))
    source = step.cause(nth)
    done: Any = None
    with stage.begin() as tx:
        if "members" in asked:
            member, done = _together(stage, tx, asked, source)
        elif "open" in asked:
            done = command("form_pool")(tx, owner_id=stage.member_id(member), source=source)
            stage.cast.things[f"pool:{asked['open']}"] = done.pool_id
            stage.cast.things["pool:"] = done.pool_id
        elif "join" in asked:
            pool_id = _pool(stage, asked["join"])
            member_id = stage.member_id(member)
            done = command("join_pool")(tx, pool_id=pool_id, member_id=member_id, source=source)
        elif "leave" in asked:
            done = command("leave_pool")(tx, member_id=stage.member_id(member), source=source)
        else:
            done = _put(stage, tx, asked, member, source)
    return Answer(member=member, result=done, facts={"earned": {}, "charged": {}})


def _together(stage: Stage, tx: Any, asked: Plain, source: str) -> tuple[str, Any]:
    """Form a pool of several members at once; the first one owns it."""
    first, *others = [str(one) for one in asked["members"]]
    formed = command("form_pool")(tx, owner_id=stage.member_id(first), source=source)
    for number, name in enumerate(others, start=1):
        command("join_pool")(
            tx,
            pool_id=formed.pool_id,
            member_id=stage.member_id(name),
            source=f"{source}:{number}",
        )
    stage.cast.things[f"pool:{asked.get('as', '')}"] = formed.pool_id
    stage.cast.things["pool:"] = formed.pool_id
    return first, formed


def _put(stage: Stage, tx: Any, asked: Plain, member: str, source: str) -> Any:
    wallet = str(asked.get("wallet") or stage.wallet)
    amount = asked.get("amount", "all")
    return command("pool_points")(
        tx,
        member_id=stage.member_id(member),
        points=None if amount == "all" else stage.grains(wallet, amount),
        source=source,
        wallet=wallet,
    )


def _pool(stage: Stage, name: Any) -> Any:
    found = stage.cast.things.get(f"pool:{name}") or stage.cast.things.get("pool:")
    if found is None:
        raise NotHonouredYet(f"there is no pool {name!r} so far")
    return found
