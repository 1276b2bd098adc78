"""What the office does: adjustments and their approval, transfers, pools, tiers, publishing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from admin.examples.stage import Answer, NotHonouredYet, Stage, as_date, instant_of
from admin.examples.story import Plain, Step
from admin.examples.verbs.claims import decide
from admin.examples.world import launch, programme_document, role_of
from loyalty import commands
from loyalty.commands import assign_level, publish_programme
from loyalty.errors import SamePerson
from loyalty.values import SCRATCH, AdjustmentState
from offers.commands import end_offer


def adjust(stage: Stage, step: Step, nth: int) -> Answer:
    """Correct a balance by hand, within what the actor's role may do."""
    asked: Plain = step.asked
    member, wallet = str(asked["member"]), str(asked.get("wallet") or stage.wallet)
    until = asked.get("expires_on")
    actor, role = person(stage, asked.get("actor"))
    approver = asked.get("approver")
    if approver is not None and person(stage, approver)[0] == actor:
        raise SamePerson
    with stage.begin(actor) as tx:
        adjusted = commands.adjust_points(
            tx,
            member_id=stage.member_id(member),
            points=stage.grains(wallet, asked["amount"]),
            reason=str(asked.get("reason", "")),
            source=step.cause(nth),
            actor=actor,
            role=role,
            wallet=wallet,
            expires_on=as_date(until) if until not in (None, "none") else None,
        )
    for name in (asked.get("as"), step.path, member, ""):
        stage.cast.things[f"adjustment:{name}"] = (member, adjusted.adjustment_id)
    if approver is not None and adjusted.state == AdjustmentState.PROPOSED:
        asked = {"member": member, "approver": approver}
        return approve(stage, replace(step, asked=asked), nth)
    return Answer(member=member, result=adjusted, facts={"earned": {}, "charged": {}})


def approve(stage: Stage, step: Step, nth: int) -> Answer:
    """Let a second person decide about an adjustment that waits, or staff about a claim."""
    del nth
    asked: Plain = step.asked
    claimed = stage.cast.things.get(f"claim:{asked.get('of')}")
    if claimed is not None:
        actor = person(stage, asked.get("approver", asked.get("actor")))[0]
        reason, accept = str(asked.get("reason", "")), not asked.get("refuse")
        return decide(stage, *claimed, accept=accept, reason=reason, actor=actor)
    for name in (asked.get("of"), asked.get("member"), ""):
        found = stage.cast.things.get(f"adjustment:{name}")
        if found is not None:
            break
    else:
        raise NotHonouredYet("no adjustment waits")
    member, adjustment_id = found
    actor, role = person(stage, asked.get("approver", asked.get("actor")))
    with stage.begin(actor) as tx:
        decided = commands.decide_adjustment(
            tx,
            member_id=stage.member_id(member),
            adjustment_id=adjustment_id,
            approve=not asked.get("refuse"),
            actor=actor,
            role=role,
        )
    return Answer(member=member, result=decided, facts={"earned": {}, "charged": {}})


def transfer(stage: Stage, step: Step, nth: int) -> Answer:
    """Move points from one member to another."""
    asked: Plain = step.asked
    member = str(asked.get("from", asked.get("member")))
    wallet = str(asked.get("wallet") or stage.wallet)
    with stage.begin() as tx:
        moved = commands.transfer_points(
            tx,
            member_id=stage.member_id(member),
            to_member_id=stage.member_id(str(asked["to"])),
            points=stage.grains(wallet, asked["amount"]),
            source=step.cause(nth),
            wallet=wallet,
            reason=str(asked.get("reason", "")),
        )
    return Answer(member=member, result=moved, facts={"earned": {}, "charged": {}})


def assign_tier(stage: Stage, step: Step, nth: int) -> Answer:
    """Give a member a level by hand."""
    del nth
    asked: Plain = step.asked
    member, until = str(asked["member"]), asked.get("until")
    more = {"by": person(stage, asked["by"])[0]} if "by" in asked else {}
    with stage.begin() as tx:
        moved = assign_level(
            tx,
            member_id=stage.member_id(member),
            level=str(asked["tier"]),
            until=as_date(until) if until else None,
            **more,
        )
    return Answer(member=member, result=moved)


def publish(stage: Stage, step: Step, nth: int) -> Answer:
    """Publish a changed programme or offers, now or from an instant."""
    del nth
    asked: Plain = step.asked
    at = instant_of(stage, asked["from"]) if asked.get("from") else None
    published = None
    with stage.begin(person(stage, asked.get("actor"))[0]) as tx:
        if "programme" in asked:
            document = programme_document(stage.story, asked["programme"])
            published = publish_programme(tx, document=document, effective_from=at, proof=SCRATCH)
        for offer in [*asked.get("offers", ()), *([asked["offer"]] if "offer" in asked else ())]:
            _publish_offer(tx, stage, offer, at)
    if "programme" in asked:
        stage.programmes.append((at or tx.now, asked["programme"]))
    return Answer(result=published)


def person(stage: Stage, name: Any) -> tuple[str, str]:
    """Return who acts, as the books name her, and her role."""
    if name is None:
        return "staff:office", "admin"
    known: Mapping[str, Any] = stage.story.staff.get(str(name)) or {}
    staff_id = stage.cast.staff.get(str(name))
    return (f"staff:{staff_id}" if staff_id else f"staff:{name}"), _role(stage, known)


def _role(stage: Stage, known: Mapping[str, Any]) -> str:
    """Return a role as the programme's limits call it, else as we do."""
    word = str(known.get("role", ""))
    if not word or word in (stage.programme.get("adjustment_limits") or {}):
        return word
    return role_of(word).value


def _publish_offer(tx: Any, stage: Stage, offer: Plain, at: datetime | None) -> None:
    """End the version of an offer that is live and launch the new one."""
    document = dict(offer)
    if at is not None and "from" not in document:
        document["from"] = stage.day(at).isoformat()
    live = stage.cast.offers.get(str(document["id"]))
    if live is not None:
        end_offer(tx, offer_id=live, reason="replaced")  # type: ignore[arg-type]  # an OfferId
    launch(tx, stage, document)
