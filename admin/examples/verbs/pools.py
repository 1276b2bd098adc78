"""``pool``: members who collect together."""

from __future__ import annotations

from typing import Any

from admin.examples.stage import Answer, NotHonouredYet, Stage
from admin.examples.story import Plain, Step
from loyalty import commands


def pool(stage: Stage, step: Step, nth: int) -> Answer:
    """Form a pool, join or leave it, or put points into it."""
    asked: Plain = step.asked
    source = step.cause(nth)
    with stage.begin() as tx:
        if "join" in asked:
            member, done = _join(stage, tx, asked, source)
        elif "leave" in asked:
            member = _named(asked, "leave", stage)
            done = commands.leave_pool(tx, member_id=stage.member_id(member), source=source)
        elif "amount" in asked:
            member = str(asked["member"])
            done = _put(stage, tx, asked, member, source)
        else:
            member, done = _form(stage, tx, asked, source)
    return Answer(member=member, result=done, facts={"earned": {}, "charged": {}})


def _form(stage: Stage, tx: Any, asked: Plain, source: str) -> tuple[str, Any]:
    """Form a pool, of several members at once when the file names them; the first one owns it."""
    members = [str(one) for one in asked.get("members", ())]
    owner = str(asked.get("owner") or asked.get("member") or "")
    if not owner:
        named = asked.get("form")
        owner = named if isinstance(named, str) and named in stage.cast.members else members[0]
    formed = commands.form_pool(tx, owner_id=stage.member_id(owner), source=source)
    others = [name for name in members if name != owner]
    for number, name in enumerate(others, start=1):
        commands.join_pool(
            tx,
            pool_id=formed.pool_id,
            member_id=stage.member_id(name),
            source=f"{source}:{number}",
        )
    names = [asked.get("as"), asked.get("of"), asked.get("form"), owner, "", *members]
    for known in names:
        if isinstance(known, str):
            stage.cast.things[f"pool:{known}"] = formed.pool_id
    return owner, formed


def _join(stage: Stage, tx: Any, asked: Plain, source: str) -> tuple[str, Any]:
    member = _named(asked, "join", stage)
    told = asked["join"] if asked["join"] != member else None
    pool_id = _pool(stage, told, asked.get("of"), asked.get("to"), asked.get("owner"))
    done = commands.join_pool(tx, pool_id=pool_id, member_id=stage.member_id(member), source=source)
    stage.cast.things[f"pool:{member}"] = pool_id
    return member, done


def _named(asked: Plain, verb: str, stage: Stage) -> str:
    """Return who joins or leaves: named beside the verb, or by it."""
    if asked.get("member"):
        return str(asked["member"])
    named = asked[verb]
    if isinstance(named, str) and named in stage.cast.members:
        return named
    raise NotHonouredYet(f"pool: {verb} without a member")


def _put(stage: Stage, tx: Any, asked: Plain, member: str, source: str) -> Any:
    wallet = str(asked.get("wallet") or stage.wallet)
    amount = asked.get("amount", "all")
    return commands.pool_points(
        tx,
        member_id=stage.member_id(member),
        points=None if amount == "all" else stage.grains(wallet, amount),
        source=source,
        wallet=wallet,
    )


def _pool(stage: Stage, *names: Any) -> Any:
    for name in (*names, ""):
        found = stage.cast.things.get(f"pool:{name}")
        if isinstance(name, str) and found is not None:
            return found
    raise NotHonouredYet("there is no pool so far")
