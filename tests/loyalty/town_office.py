"""What the back office does: adjustments, what people bring along; and blunders."""

from __future__ import annotations

from datetime import date
from typing import Any

from loyalty.commands import (
    OpeningLot,
    adjust_points,
    claim_reward,
    decide_adjustment,
    earn_points,
    open_balances,
    release_hold,
    release_redemption,
    reverse_posting,
    unmerge_members,
    use_voucher,
)
from loyalty.values import (
    AdjustmentId,
    HoldId,
    MemberId,
    MergeId,
    RedemptionId,
    VoucherId,
)
from tests.loyalty.reference import Point, Refused
from tests.loyalty.town import UNITS, Town, refuse
from tests.loyalty.town_memory import Posted
from tests.loyalty.world import KEYS

STAFF = ("cleo", "dora")
LIMITS = {"each": 30, "per_day": 90, "per_member_per_month": 70}
"""What the role support may adjust."""
FOUR_EYES_ABOVE = 15


class Office(Town):
    """Verbs of the back office."""

    def bring_along(self) -> None:
        """Write down what somebody held elsewhere; a debt too."""
        who, source = self.somebody(), self.source
        points = self.dice.choice([-7, 5, 12])
        lot = OpeningLot(who, "stars", points)

        def wanted() -> None:
            self.touched.add(who)
            wallet = self.wallets[who, "stars"]
            wallet.settle()
            if points < 0:
                wallet.take(-points)
            else:
                new = self.fresh(wallet, points)
                lasts = wallet.lasts != "purge"
                wallet.grant([one._replace(gone_on=date.max) for one in new] if lasts else new)

        self.do("open_balances", wanted, lambda: open_balances(self.tx, lots=[lot], source=source))

    def adjust(self) -> None:
        """Give or take for a reason; what is too much for one needs a second person."""
        who, unit, source = self.somebody(), self.dice.choice(UNITS), self.source
        actor, role = self.dice.choice(STAFF), self.dice.choice(["support", "admin"])
        points = self.dice.choice([1, 1, -1]) * self.dice.randrange(1, 36)
        new: list[Point] = []
        row = {"who": who, "unit": unit, "points": points, "by": actor, "role": role}

        def wanted() -> None:
            self.wallet(who, unit)
            self.limit(row)
            row["state"] = "proposed"
            if abs(points) <= FOUR_EYES_ABOVE:
                new.extend(self.post(row))
                row["state"] = "posted"

        done = self.move(
            "adjust_points",
            who,
            points,
            wanted,
            lambda count: adjust_points(
                self.tx,
                member_id=who,
                points=count,
                reason="a broken egg",
                source=source,
                actor=actor,
                role=role,
                wallet=unit,
            ),
        )
        if done is not None:
            self.memory.asked[done.adjustment_id] = row
            self.note_posted(done.seq, row, new)

    def decide(self) -> None:
        """Approve or refuse what was proposed: once, and not by who asked."""
        if not self.memory.asked:
            return
        id_, row = self.dice.choice(list(self.memory.asked.items())[-12:])
        actor, approve = self.dice.choice(STAFF), self.dice.random() < 0.7
        state = "posted" if approve else "refused"
        new: list[Any] = []

        def wanted() -> None:
            self.wallet(row["who"], row["unit"])
            if row["state"] != "proposed":
                if (row["state"], row.get("decided_by")) != (state, actor):
                    raise Refused("adjustment-decided")
                return
            if actor == row["by"]:
                raise Refused("same-person")
            if approve and abs(row["points"]) > LIMITS["each"]:
                raise Refused("adjustment-limit")
            if approve:
                new.extend(self.post(row))
            row.update(state=state, decided_by=actor)

        done = self.do(
            "decide_adjustment",
            wanted,
            lambda: decide_adjustment(
                self.tx,
                member_id=row["who"],
                adjustment_id=id_,
                approve=approve,
                actor=actor,
                role="support",
            ),
        )
        if new:
            self.note_posted(done.seq, row, new)

    def limit(self, row: dict[str, Any]) -> None:
        """Refuse what a role may not adjust of one member."""
        amount = abs(row["points"])
        row["month"] = (row["who"], self.today.replace(day=1))
        month = sum(
            abs(one["points"])
            for one in self.memory.asked.values()
            if one["role"] == "support"
            and one.get("month") == row["month"]
            and one["state"] != "refused"
        )
        if row["role"] == "support" and (
            amount > LIMITS["each"] or month + amount > LIMITS["per_member_per_month"]
        ):
            raise Refused("adjustment-limit")
        if row["points"] < 0 and amount <= FOUR_EYES_ABOVE:
            wallet = self.wallets[row["who"], row["unit"]]
            wallet.need(amount, wallet.above_floor())
        used = self.memory.counts["adjusted", row["by"], self.today] + amount
        if row["role"] == "support" and used > LIMITS["per_day"]:
            raise Refused("adjustment-limit")
        self.memory.counts["adjusted", row["by"], self.today] = used

    def post(self, row: dict[str, Any]) -> list[Any]:
        """Give or take what an adjustment says; what was owed is ``None``."""
        wallet, points = self.wallet(row["who"], row["unit"]), row["points"]
        if points > 0:
            new: list[Any] = self.fresh(wallet, points)
            wallet.grant(new)
            return new
        wallet.need(-points, wallet.above_floor())
        taken: list[Any] = wallet.take(-points)
        return taken + [None] * (-points - len(taken))

    def note_posted(self, seq: int | None, row: dict[str, Any], new: list[Any]) -> None:
        if new:
            assert seq is not None, "it was posted"
            posted = Posted(row["who"], row["unit"], new, given=row["points"] > 0)
            self.memory.posted[row["who"], row["unit"], seq] = posted

    def blunder(self) -> None:
        """Ask for what is not there."""
        who, nobody = self.somebody(), MemberId("mbr_nobody")
        if self.state[who] != "active":
            return
        unknown: dict[str, Any] = {
            "unknown-member": lambda: earn_points(self.tx, member_id=nobody, points=1, source="x"),
            "unknown-wallet": lambda: earn_points(
                self.tx, member_id=who, points=1, source="x", unit="pearls"
            ),
            "unknown-hold": lambda: release_hold(
                self.tx, member_id=who, hold_id=HoldId("hld_none")
            ),
            "unknown-posting": lambda: reverse_posting(
                self.tx, member_id=who, seq=10**9, source="x"
            ),
            "unknown-adjustment": lambda: decide_adjustment(
                self.tx,
                member_id=who,
                adjustment_id=AdjustmentId("adj_none"),
                approve=True,
                actor="x",
            ),
            "unknown-redemption": lambda: release_redemption(
                self.tx, member_id=who, redemption_id=RedemptionId("rdm_none")
            ),
            "unknown-reward": lambda: claim_reward(
                self.tx, keys=KEYS, member_id=who, reward_id="moon", source="x"
            ),
            "unknown-voucher": lambda: use_voucher(
                self.tx, member_id=who, voucher_id=VoucherId("vch_none"), source="x"
            ),
            "not-merged": lambda: unmerge_members(self.tx, merge_id=MergeId("mrg_none")),
        }
        slug = self.dice.choice(list(unknown))
        self.do("ask for what is not there", refuse(slug), unknown[slug])
