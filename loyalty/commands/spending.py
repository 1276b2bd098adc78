"""Spending inside a sale: rewards and points are settled first, and posted with the sale."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from loyalty.commands.redemption_rows import Spent, redemption_row, spent_of
from loyalty.commands.reward_stock import ClaimPlace, claims_left, take_claims
from loyalty.commands.sql import insert_rows
from loyalty.commands.vouchers import give_reward_vouchers
from loyalty.errors import (
    AboveMaximum,
    BelowMinimum,
    CostDifferent,
    LimitReached,
    NoRedemption,
    NotAStep,
    NotEnoughPoints,
    NothingLeft,
    PartClaim,
    UnknownReward,
)
from loyalty.journal import Cause, Journal
from loyalty.kernel.problems import Problem
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.models import Redemption
from loyalty.programme import Programme, RewardKind, RewardRule
from loyalty.programme import Redemption as RedemptionRule
from loyalty.queries.catalogue import article_by_sku
from loyalty.redemption import settle_redemption
from loyalty.reward_targets import with_added, with_reward
from loyalty.rewards import Purse, price_reward
from loyalty.values import (
    Asked,
    IssuedVoucher,
    LineKind,
    MemberId,
    Payable,
    PurchaseId,
    Redeemed,
    Refusal,
    RewardUse,
    SaleLine,
)
from loyalty.words import Contra, PostingKind

PayableOf = Callable[[Sequence[SaleLine]], Payable]
EarnedOf = Callable[[Sequence[SaleLine], int], int]


@dataclass(frozen=True, slots=True)
class Settled:
    """What a sale spends: lines lowered by rewards, and points that pay part of what is due."""

    lines: tuple[SaleLine, ...]
    rewards: tuple[RewardUse, ...] = ()
    redeemed: tuple[Redeemed, ...] = ()

    @property
    def redeemed_minor(self) -> int:
        """Return by how much points lower what is due, in minor units."""
        return sum(one.value_minor for one in self.redeemed)

    @property
    def charged(self) -> dict[str, int]:
        """Return what is taken from each wallet, in grains."""
        charged: dict[str, int] = {}
        for use in self.rewards:
            charged[use.wallet] = charged.get(use.wallet, 0) + use.cost
        for one in self.redeemed:
            charged[one.wallet] = charged.get(one.wallet, 0) + one.points
        return charged


def plain_payable(lines: Sequence[SaleLine]) -> Payable:
    """Return what lines come to when nothing else pays: all of it is due."""
    total = sum(line.paid_minor for line in lines)
    net = sum(_net(line) for line in lines)
    return Payable(total, total, net)


def nothing_earned(lines: Sequence[SaleLine], redeemed_minor: int) -> int:
    """Return that the sale adds no points that could be used at once."""
    del lines, redeemed_minor
    return 0


def settle_spending(
    tx: Tx,
    programme: Programme,
    asked: Sequence[Asked],
    *,
    lines: Sequence[SaleLine],
    usable: Mapping[str, int],
    place: ClaimPlace,
    payable_of: PayableOf = plain_payable,
    earned_of: EarnedOf = nothing_earned,
) -> Settled:
    """Return what the sale spends; nothing is written and nothing is counted yet.

    Rewards come first, in the order asked: they lower lines and total. Points pay what is then
    left. ``usable`` are the grains that each wallet has to spend; vouchers are not looked at.

    Raises:
        NotEnoughPoints, BelowMinimum, AboveMaximum, NotAStep, CostDifferent: points do not do.
        UnknownReward, LimitReached, PartClaim, NothingLeft: a reward does not work here.
        NoRedemption: points do not pay in this programme.
    """
    purse = dict(usable)
    settled = Settled(tuple(lines))
    for one in asked:
        if one.reward_id:
            settled = _with_reward(tx, programme, one, settled, purse=purse, place=place)
    for one in asked:
        if one.all_points or one.tendered or (one.points is not None and not one.reward_id):
            basket = payable_of(settled.lines)
            settled = _with_points(
                programme,
                one,
                settled,
                purse=purse,
                basket=basket,
                earned_of=earned_of,
                place=place,
            )
    return settled


def post_spending(
    tx: Tx,
    *,
    keys: Keys,
    programme: Programme,
    settled: Settled,
    journals: Mapping[str, Journal],
    purchase_id: PurchaseId,
    cause: Cause,
    place: ClaimPlace,
) -> tuple[Spent, ...]:
    """Take the points of a settled sale from open wallets and write down on what they went.

    The caller writes the wallets. Each posting's source is the sale's with ``:redeem`` and its
    number. Stock and limits are counted last.

    Raises:
        LimitReached: somebody took the last one in the meantime.
    """
    rules = {rule.id: rule for rule in programme.rewards}
    uses: list[RewardUse | Redeemed] = [*settled.rewards, *settled.redeemed]
    rows = []
    for number, use in enumerate(uses, start=1):
        points = use.cost if isinstance(use, RewardUse) else use.points
        named = replace(
            cause,
            source=f"{cause.source}:redeem" + (f":{number}" if number > 1 else ""),
            purchase_id=purchase_id,
        )
        posting = take_spent(journals[use.wallet], points, named) if points else None
        row = redemption_row(tx, place.member_id, use, source=named.source, cause=named)
        rows.append(row | {"purchase_id": purchase_id, "posting_seq": posting})
    insert_rows(tx, Redemption, rows)
    spent = []
    for row, use in zip(rows, uses, strict=True):
        rule = rules.get(use.reward_id) if isinstance(use, RewardUse) else None
        given: tuple[IssuedVoucher, ...] = ()
        if rule is not None and rule.kind is RewardKind.VOUCHER:
            given = give_reward_vouchers(
                tx, keys=keys, member_id=place.member_id, rule=rule, row=row, on=place.on
            )
        spent.append(spent_of(row, journals[use.wallet], programme, tx.now, vouchers=given))
    take_claims(tx, [(rules[use.reward_id], use.claims) for use in settled.rewards], place)
    return tuple(spent)


def take_spent(journal: Journal, points: int, cause: Cause) -> int:
    """Take spent points from a wallet; return the number of the posting."""
    return int(journal.take(PostingKind.REDEEM, Contra.REDEEMED, points, cause)["seq"])


def redemption_rule(programme: Programme, asked: Asked) -> RedemptionRule:
    """Return the rule by which points pay.

    Raises:
        NoRedemption: the programme has none, or none for the wallet that is named.
    """
    rule = programme.redemption
    if rule is None or asked.wallet not in {"", rule.wallet}:
        raise NoRedemption
    return rule


def reward_rule(programme: Programme, reward_id: str) -> RewardRule:
    """Return a reward of the programme.

    Raises:
        UnknownReward: it has none with this id.
    """
    for rule in programme.rewards:
        if rule.id == reward_id:
            return rule
    raise UnknownReward(reward_id)


def refusal(why: Refusal, member_id: MemberId, usable: int, reward_id: str = "") -> Problem:
    """Return the Problem that a pure refusal stands for."""
    if why.slug == NotEnoughPoints.slug:
        return NotEnoughPoints(member_id, available=usable, required=why.limit)
    if why.slug == LimitReached.slug:
        return LimitReached(reward_id, "claims")
    if why.slug == PartClaim.slug:
        return PartClaim(reward_id)
    if why.slug == NothingLeft.slug:
        return NothingLeft(reward_id)
    numbers = {one.slug: one for one in (BelowMinimum, AboveMaximum, NotAStep, CostDifferent)}
    return numbers[why.slug](why.limit)


def _with_points(
    programme: Programme,
    asked: Asked,
    settled: Settled,
    *,
    purse: dict[str, int],
    basket: Payable,
    earned_of: EarnedOf,
    place: ClaimPlace,
) -> Settled:
    """Let points pay part of what is still due; they leave the purse."""
    rule = redemption_rule(programme, asked)
    usable, before = purse.get(rule.wallet, 0), settled.redeemed_minor

    def earned(value_minor: int) -> int:
        return earned_of(settled.lines, before + value_minor)

    payable = replace(basket, due_minor=max(0, basket.due_minor - before - asked.beside_minor))
    got = settle_redemption(rule, asked, usable=usable, payable=payable, earned=earned)
    if asked.tendered and asked.all_points and got == Refusal(BelowMinimum.slug, rule.minimum):
        return settled
    if isinstance(got, Refusal):
        raise refusal(got, place.member_id, usable)
    purse[rule.wallet] = usable - got.points
    return replace(settled, redeemed=(*settled.redeemed, got))


def _with_reward(
    tx: Tx,
    programme: Programme,
    asked: Asked,
    settled: Settled,
    *,
    purse: dict[str, int],
    place: ClaimPlace,
) -> Settled:
    """Work one reward into the lines; its cost leaves the purse."""
    rule = reward_rule(programme, asked.reward_id)
    left = claims_left(tx, rule, place)
    if left is not None:
        before = [use.claims for use in settled.rewards if use.reward_id == rule.id]
        left = max(0, left - sum(before))
    usable = purse.get(rule.wallet, 0)
    use = price_reward(rule, settled.lines, asked, Purse(usable, left))
    if isinstance(use, Refusal):
        raise refusal(use, place.member_id, usable, rule.id)
    purse[rule.wallet] = usable - use.cost
    lines = with_reward(settled.lines, use)
    if use.added is not None:
        lines = tuple(with_added(lines, use, _article_line(tx, use.added.sku)))
    return replace(settled, lines=lines, rewards=(*settled.rewards, use))


def _article_line(tx: Tx, sku: str) -> SaleLine:
    """Return one unit of an article as a line."""
    article = article_by_sku(tx, sku)
    return SaleLine(
        line_no=1,
        sku=article.sku,
        name=article.name,
        category=article.category,
        brand=article.brand,
        kind=LineKind.ARTICLE,
        quantity_milli=1000,
        unit_price_minor=article.price_minor,
        gross_minor=article.price_minor,
        paid_minor=article.price_minor,
        tax_bp=article.tax_bp,
        labels=frozenset(article.labels),
    )


def _net(line: SaleLine) -> int:
    part = 2 * line.paid_minor * 10_000 + 10_000 + line.tax_bp
    return part // (2 * (10_000 + line.tax_bp))
