"""What members go through: enrolment, cards, events, merging, leaving, messages."""

from __future__ import annotations

from typing import Any

from admin.examples.opening import LANGUAGE, identity_of
from admin.examples.stage import Answer, NotHonouredYet, Stage
from admin.examples.story import Plain, Step
from loyalty import commands, queries, values
from loyalty.commands import block_card, enrol_member, issue_card, replace_card
from loyalty.queries import member_card
from loyalty.values import Channel

CHANNELS = {one.value: one for one in Channel}


def enrol(stage: Stage, step: Step, nth: int) -> Answer:
    """Make somebody a member; what signing up earns comes with it."""
    del nth
    asked: Plain = step.asked
    name = str(asked["member"])
    more: dict[str, Any] = {}
    if "referrer" in asked:
        more["referrer"] = stage.member_id(str(asked["referrer"]))
    with stage.begin() as tx:
        enrolled = enrol_member(
            tx,
            keys=stage.keys,
            identity=identity_of(name, asked),
            channel=CHANNELS.get(str(asked.get("channel", "store")), Channel.STORE),
            language=str(asked.get("language", LANGUAGE)),
            source=step.source or f"examples:enrol:{name}",
            **more,
        )
    stage.cast.members[name] = enrolled.member_id
    stage.cast.cards[name] = enrolled.code
    return Answer(member=name, result=enrolled, facts=_since_birth(stage, name))


def erase(stage: Stage, step: Step, nth: int) -> Answer:
    """Erase a member."""
    del nth
    asked: Plain = step.asked
    name = str(asked["member"])
    with stage.begin() as tx:
        erased = commands.erase_member(
            tx,
            member_id=stage.member_id(name),
            reason=str(asked.get("reason", "asked")),
            source=step.source,
        )
    return Answer(member=name, result=erased, facts={"earned": {}, "charged": {}})


def merge(stage: Stage, step: Step, nth: int) -> Answer:
    """Make one membership of two."""
    asked: Plain = step.asked
    survivor, other = str(asked["survivor"]), str(asked["source"])
    with stage.begin() as tx:
        merged = commands.merge_members(
            tx,
            survivor_id=stage.member_id(survivor),
            other_id=stage.member_id(other),
            source=step.cause(nth),
        )
    for name in (asked.get("as"), f"{survivor}+{other}", ""):
        stage.cast.things[f"merge:{name}"] = (survivor, merged.merge_id)
    return Answer(member=survivor, result=merged, facts={"earned": {}, "charged": {}})


def unmerge(stage: Stage, step: Step, nth: int) -> Answer:
    """Make two memberships of one again."""
    asked: Plain = step.asked if isinstance(step.asked, dict) else {}
    pair = f"{asked.get('survivor')}+{asked.get('source')}"
    names = (asked.get("of"), pair, "")
    found = [stage.cast.things.get(f"merge:{name}") for name in names]
    survivor, merge_id = next((one for one in found if one), (None, None))
    if merge_id is None:
        raise NotHonouredYet("nothing was merged so far")
    with stage.begin() as tx:
        parted = commands.unmerge_members(tx, merge_id=merge_id, source=step.cause(nth))
    return Answer(member=survivor, result=parted, facts={"earned": {}, "charged": {}})


def card(stage: Stage, step: Step, nth: int) -> Answer:
    """Issue, block, replace or hand over a card."""
    asked: Plain = step.asked
    verb = next(key for key in ("issue", "block", "replace", "transfer") if key in asked)
    named = asked[verb]
    name = named if isinstance(named, str) else ""
    owner = _owner(stage, name, asked)
    with stage.begin() as tx:
        if verb == "issue":
            member_id = stage.member_id(owner)
            done = issue_card(tx, keys=stage.keys, member_id=member_id, source=step.cause(nth))
        else:
            card_id = _card_id(stage, tx, name, owner)
            done = _change(stage, tx, step, card_id, owner)
    now = str(asked.get("member", owner)) if verb == "transfer" else owner
    code = done.code or _code(stage, name, owner)
    names = {asked.get("as")} if verb in ("replace", "block") else {asked.get("as"), name or now}
    for known in names:
        if isinstance(known, str):
            stage.cast.things[f"card:{known}"] = (now, done.card_id, code)
    if verb == "replace" and name in ("", owner):
        stage.cast.cards[owner] = code
    return Answer(member=now, result=done)


def event(stage: Stage, step: Step, nth: int) -> Answer:
    """Let something happen to a member that may earn: a review, a visit, a birthday."""
    asked: Plain = step.asked
    name = str(asked["member"])
    more: dict[str, Any] = {}
    if "of" in asked:
        more["purchase_id"] = stage.sold(str(asked["of"])).purchase_id
    if step.extension is not None:
        more["extension"] = extension_of(stage, step.extension)
    with stage.begin() as tx:
        paid = commands.record_event(
            tx,
            member_id=stage.member_id(name),
            event=str(asked.get("event") or asked.get("kind") or asked.get("name")),
            source=step.cause(nth),
            occurred_at=step.occurred_at,
            **more,
        )
    facts = {"earned": dict(paid.earned), "earned_by": dict(paid.earned_by), "charged": {}}
    return Answer(member=name, result=paid, facts=facts)


def message(stage: Stage, step: Step, nth: int) -> Answer:
    """Write to a member, unless she was written to often enough."""
    del nth
    asked: Plain = step.asked
    name = str(asked["member"])
    with stage.begin() as tx:
        written = commands.write_message(
            tx,
            member_id=stage.member_id(name),
            channel=str(asked["channel"]),
            message=str(asked["message"]),
        )
    return Answer(member=name, result=written)


def extension_of(stage: Stage, told: Plain) -> Any:
    """Return what the programme's extension answers."""
    points = told.get("points")
    answer = getattr(values, "Extension", None)
    if answer is None:
        raise NotHonouredYet("extension")
    return answer(
        points=None if points is None else stage.grains(stage.wallet, points),
        cancel=bool(told.get("cancel")),
    )


def _since_birth(stage: Stage, name: str) -> dict[str, Any]:
    """Return what a new member has got since she joined."""
    earned: dict[str, int] = {}
    with stage.look() as tx:
        for one in queries.postings_since(tx, stage.member_id(name), {}, shadows=True):
            unit = one.unit.partition("~")[0]
            earned[unit] = earned.get(unit, 0) + one.points
    return {"earned": earned, "charged": {}}


def _owner(stage: Stage, name: str, asked: Plain) -> str:
    """Return the member whose card is meant."""
    known = stage.cast.things.get(f"card:{name}")
    if known is not None:
        return str(known[0])
    if name in stage.cast.members:
        return name
    return str(asked["member"])


def _code(stage: Stage, name: str, owner: str) -> str:
    """Return the letters of a card that is known already."""
    known = stage.cast.things.get(f"card:{name}")
    return str(known[2]) if known is not None else stage.cast.cards[owner]


def _card_id(stage: Stage, tx: Any, name: str, owner: str) -> Any:
    known = stage.cast.things.get(f"card:{name}")
    if known is not None:
        return known[1]
    return member_card(tx, stage.member_id(owner), keys=stage.keys).card_id


def _change(stage: Stage, tx: Any, step: Step, card_id: Any, owner: str) -> Any:
    asked: Plain = step.asked
    member_id = stage.member_id(owner)
    if "block" in asked:
        return block_card(tx, member_id=member_id, card_id=card_id)
    if "replace" in asked:
        return replace_card(
            tx, keys=stage.keys, member_id=member_id, card_id=card_id, source=step.cause()
        )
    to = str(asked.get("to") or asked["member"])
    return commands.transfer_card(
        tx, card_id=card_id, member_id=member_id, to_member_id=stage.member_id(to)
    )
