"""What members hold and where they stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from admin.examples.checks.points import by_wallet
from admin.examples.checks.sold import not_yet
from admin.examples.compare import AnyOf, Cash, Held, Named
from admin.examples.stage import View
from loyalty import queries
from loyalty.errors import MemberBlocked, UnknownMember
from loyalty.queries import tier_progress
from loyalty.values import MemberId


def balance(view: View, wanted: Any) -> Any:
    """Return what members hold: pending out, held in, lapsed out, debts negative."""
    return _wallets(view, wanted, lambda one: one.balance)


def held(view: View, wanted: Any) -> Any:
    """Return what is put aside for holds."""
    return _wallets(view, wanted, lambda one: one.held)


def lifetime_earned(view: View, wanted: Any) -> Any:
    """Return what members have ever earned."""
    return _wallets(view, wanted, lambda one: one.lifetime_earned)


def redeemable(view: View, wanted: Any) -> Any:
    """Return what may be redeemed now, after minimum, step and maximum."""
    return _named(view, wanted, lambda id_: _redeemable(view, id_))


def _redeemable(view: View, member_id: MemberId) -> Named:
    """Return what may be redeemed by wallet; alone also as money, written with decimals."""
    found = by_wallet(view, queries.redeemable(view.tx, member_id))
    rule = queries.current_programme(view.tx).redemption
    alone = found.alone
    if rule is not None and isinstance(alone, Held) and alone.decimals == 0:
        worth = alone.grains * rule.value_minor // rule.points
        found.alone = _PointsOrMoney(alone, view.cash(worth))
    return found


@dataclass(frozen=True, slots=True)
class _PointsOrMoney:
    """Points, which a file may also tell as the money that they are worth."""

    points: Held
    worth: Cash

    def matches(self, wanted: Any) -> bool:
        """Tell whether ``wanted`` is the points, or, written with decimals, their worth."""
        money = isinstance(wanted, str) and "." in wanted
        return self.worth.matches(wanted) if money else self.points.matches(wanted)

    def show(self) -> str:
        """Return the points."""
        return self.points.show()


def tier(view: View, wanted: Any) -> Any:
    """Return the level of the step's member, or of those that are named."""
    return _named(view, wanted, lambda id_: _level(view, id_))


def tier_changed(view: View, wanted: Any) -> Any:
    """Tell whether the step moved the member's level."""

    def changed(member_id: MemberId) -> bool:
        name = next(key for key, id_ in view.stage.cast.members.items() if id_ == member_id)
        return view.before.levels.get(name) != _level(view, member_id)

    return _named(view, wanted, changed)


def next_tier(view: View, wanted: Any) -> Any:
    """Return the level after this one and what is missing to reach it."""
    return _named(view, wanted, lambda id_: _next(view, id_))


def qualifying(view: View, wanted: Any) -> Any:
    """Return what counts for the level, in the metric's own unit."""
    ids = tuple(view.stage.cast.members.values())
    found = queries.qualifying_of(view.tx, ids)
    return _named(view, wanted, lambda id_: _metric(view, found[id_]))


def vouchers(view: View, wanted: Any) -> Any:
    """Return her vouchers: usable now, their worth, spend towards the next, new ones."""
    return _named(view, wanted, lambda id_: _vouchers(view, id_))


def claimable(view: View, wanted: Any) -> Any:
    """Return rewards that the points suffice for."""
    ask = queries.claimable
    return _named(view, wanted, lambda id_: list(ask(view.tx, id_)))


def stock(view: View, wanted: Any) -> Any:
    """Return what is left of each reward."""
    del wanted
    return dict(queries.stock_left(view.tx))


def gift_cards(view: View, wanted: Any) -> Any:
    """Return what is on gift cards."""
    found = queries.gift_card_balances(view.tx, tuple(wanted))
    return {name: view.cash(minor) for name, minor in found.items()}


def referral(view: View, wanted: Any) -> Any:
    """Return how far the referral of each referred member is."""
    ids = view.stage.cast.members
    found = queries.referrals_of(view.tx, tuple(ids.values()))
    states = {name: str(found[id_]) for name, id_ in ids.items() if id_ in found}
    alone = states.get(view.member or "")
    return Named(states, "none", alone) if not isinstance(wanted, str) else alone


def messages(view: View, wanted: Any) -> Any:
    """Return the messages of members: those of this step, or all since the file began.

    A file may mean either; the first is told when neither is so.
    """
    ids = view.stage.cast.members
    found = queries.messages_of(view.tx, tuple(ids.values()))
    new = {id_: rows[view.before.messages.get(id_, 0) :] for id_, rows in found.items()}
    if isinstance(wanted, Mapping):
        return {
            name: AnyOf(
                tuple(
                    _written(name, rows.get(ids[name], ()), wanted[name]) for rows in (new, found)
                )
            )
            for name in wanted
            if name in ids
        }
    return AnyOf(tuple(_listed(view, rows, wanted) for rows in (new, found)))


def _listed(view: View, found: Mapping[MemberId, Any], wanted: Any) -> Any:
    """Return the messages of the step's member, or of all where the file says whose each is."""
    ids, name = view.stage.cast.members, view.member
    if name is None or any(isinstance(one, Mapping) and "member" in one for one in wanted):
        every = [(one.at, name, one) for name, id_ in ids.items() for one in found.get(id_, ())]
        every.sort(key=lambda one: one[0])
        return [_written(name, [one], [{}])[0] for _, name, one in every]
    return _written(name, found.get(ids[name], ()), wanted)


def _written(name: str, found: Any, wanted: Any) -> Any:
    """Return messages as the file lists them: names of those sent, or every one with its facts."""
    plain = isinstance(wanted, list | tuple) and all(isinstance(one, str) for one in wanted)
    if plain:
        return [one.message for one in found if str(one.status) == "sent"]
    return [
        {
            "member": name,
            "message": one.message,
            "channel": str(one.channel),
            "status": str(one.status),
        }
        for one in found
    ]


def liability(view: View, wanted: Any) -> Any:
    """Return what all members together hold and wait for; in money when one value is asked."""
    del wanted
    stage = view.stage
    held: dict[str, int] = dict.fromkeys(stage.wallets, 0)
    found = queries.balances_of(view.tx, tuple(stage.cast.members.values()))
    for wallets in found.values():
        for unit, one in wallets.items():
            held[unit] = held.get(unit, 0) + max(0, one.balance + one.pending)
    rule = queries.current_programme(view.tx).redemption
    points = held.get(stage.wallet, 0)
    worth = points * rule.value_minor // rule.points if rule is not None else 0
    return Named(by_wallet(view, held), stage.held(stage.wallet, 0), alone=view.cash(worth))


def archived(view: View, wanted: Any) -> Any:
    """Return who was erased and may no longer be found."""
    gone = [name for name, id_ in view.stage.cast.members.items() if _is_gone(view, id_)]
    if isinstance(wanted, Mapping):
        return {name: name in gone for name in wanted}
    return view.member in gone if isinstance(wanted, bool) else gone


def _is_gone(view: View, member_id: MemberId) -> bool:
    try:
        queries.holder_by_member(view.tx, member_id)
    except UnknownMember:
        return True
    except MemberBlocked:
        return False
    return False


def _wallets(view: View, wanted: Any, read: Callable[[Any], int]) -> Any:
    ids = view.stage.cast.members
    names = [name for name in wanted if name in ids] if isinstance(wanted, Mapping) else []
    asked = [ids[name] for name in names] or ([view.member_id] if view.member_id else [])
    found = queries.balances_of(view.tx, asked)
    return _named(
        view,
        wanted,
        lambda id_: by_wallet(view, {unit: read(one) for unit, one in found.get(id_, {}).items()}),
    )


def _named(view: View, wanted: Any, ask: Callable[[MemberId], Any]) -> Any:
    """Answer for the members that the file names, else for the step's own."""
    ids = view.stage.cast.members
    if isinstance(wanted, Mapping) and wanted and set(wanted) <= set(ids):
        return {name: ask(ids[name]) for name in wanted}
    return ask(view.member_id) if view.member_id else None


def _level(view: View, member_id: MemberId) -> str:
    """Return a level: of who bought as her receipt says, of anybody else as she stands."""
    told = getattr(view.answer.receipt, "tier", None)
    if told is not None and view.step.verb == "purchase" and member_id == view.member_id:
        return str(told.level)
    return tier_progress(view.tx, member_id).level


def _next(view: View, member_id: MemberId) -> Any:
    progress = tier_progress(view.tx, member_id)
    level = progress.next_level or "none"
    missing = _metric(view, getattr(progress, "to_next", progress.to_next_minor))
    facts = {
        "id": level,
        "tier": level,
        "level": level,
        "missing": missing,
        "to_next": missing,
        "remaining": missing,
        "needs": missing,
        "in": missing,
    }
    return Named(facts, None, level)


def _metric(view: View, amount: int) -> Any:
    """Return an amount of the tiers' metric: money, points, or a count."""
    rule = view.stage.programme.get("tiers") or {}
    metric = str(rule.get("metric", "spend"))
    if metric == "spend":
        return view.cash(amount)
    if metric == "visits":
        return amount
    return view.stage.held(str(rule.get("wallet", view.stage.wallet)), amount)


def _vouchers(view: View, member_id: MemberId) -> Any:
    book = queries.voucher_book(view.tx, member_id)
    issued = len(getattr(view.answer.receipt, "vouchers", ()) or ())
    facts = {
        "number": book.number,
        "value": view.cash(book.value_minor),
        "carry_over": view.cash(book.carry_over_minor),
        "issued": view.answer.facts.get("vouchers_issued", issued),
    }
    return Named(facts, None, book.number)


MEMBERS: dict[str, Callable[[View, Any], Any]] = {
    "balance": balance,
    "held": held,
    "lifetime_earned": lifetime_earned,
    "redeemable": redeemable,
    "tier": tier,
    "tier_changed": tier_changed,
    "next_tier": next_tier,
    "qualifying": qualifying,
    "vouchers": vouchers,
    "claimable": claimable,
    "stock": stock,
    "gift_cards": gift_cards,
    "referral": referral,
    "messages": messages,
    "liability": liability,
    "audiences": not_yet,
    "archived": archived,
}
