"""What a step earned, by which rule, what waits and what was charged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from admin.examples.compare import Held, Named
from admin.examples.stage import View
from loyalty import queries


def earned(view: View, wanted: Any) -> Any:
    """Return points by wallet that the step earned; negative when it took them back."""
    del wanted
    return by_wallet(view, _earned(view))


def earned_by(view: View, wanted: Any) -> Any:
    """Return points by rule of the programme or by offer."""
    del wanted
    stage = view.stage
    told = view.answer.facts.get("earned_by")
    if told is not None:
        return Named({rule: Held(amount) for rule, amount in told.items()}, Held(0))
    found: dict[str, int] = defaultdict(int)
    units: dict[str, str] = {}
    for fired in _fired(view.answer.receipt):
        rule = stage.cast.slugs.get(fired.rule, fired.rule)
        found[rule] += fired.points
        units[rule] = getattr(fired, "unit", "") or stage.wallet
    amounts = {rule: stage.held(units[rule], amount) for rule, amount in found.items()}
    return Named(amounts, stage.held(stage.wallet, 0))


def pending(view: View, wanted: Any) -> Any:
    """Return what waits of the member after the step; a quote's own points as if it were bought."""
    del wanted
    waits: dict[str, int] = defaultdict(int)
    if view.step.verb == "quote" or view.member_id is None:
        waits.update(getattr(view.answer.receipt, "pending", {}))
    if view.member_id is not None:
        held = queries.balances_of(view.tx, [view.member_id])[view.member_id]
        for wallet, one in held.items():
            waits[wallet] += one.pending
    return by_wallet(view, waits)


def charged(view: View, wanted: Any) -> Any:
    """Return points that the step spent; negative when it gave them back."""
    del wanted
    told = view.answer.facts.get("charged")
    return by_wallet(view, getattr(view.answer.receipt, "charged", {}) if told is None else told)


def by_wallet(view: View, amounts: Mapping[str, int]) -> Named:
    """Return amounts by wallet; one value alone means the default wallet."""
    stage = view.stage
    found = {wallet: stage.held(wallet, amount) for wallet, amount in amounts.items()}
    alone = found.get(stage.wallet, stage.held(stage.wallet, 0))
    return Zeros(view, found, alone)


class Zeros(Named):
    """Amounts by wallet where every wallet of the programme that is not there holds zero."""

    def __init__(self, view: View, found: Mapping[str, Any], alone: Any) -> None:
        """Add a zero of its own decimals for every wallet."""
        zeros = {wallet: view.stage.held(wallet, 0) for wallet in view.stage.wallets}
        super().__init__(zeros | dict(found), Held(0), alone)


def _earned(view: View) -> Mapping[str, int]:
    told = view.answer.facts.get("earned")
    if told is not None:
        return dict(told)
    receipt, wallet = view.answer.receipt, view.stage.wallet
    if receipt is None:
        return {}
    if receipt.earned_by_unit:
        return dict(receipt.earned_by_unit)
    if hasattr(receipt, "refund_minor"):
        return {wallet: receipt.points}
    return {wallet: receipt.earned.points}


def _fired(receipt: Any) -> Any:
    if receipt is None:
        return ()
    if hasattr(receipt, "refund_minor"):
        return getattr(receipt, "fired", ())
    return receipt.earned.fired


POINTS: dict[str, Callable[[View, Any], Any]] = {
    "earned": earned,
    "earned_by": earned_by,
    "pending": pending,
    "charged": charged,
}
