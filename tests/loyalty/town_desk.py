"""What members spend their points on: money off, rewards, vouchers; and gift cards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from loyalty.commands import (
    cancel_voucher,
    capture_redemption,
    claim_reward,
    load_gift_card,
    pay_with_gift_card,
    redeem_points,
    release_redemption,
    take_off_gift_card,
    use_voucher,
)
from tests.loyalty.reference import Refused
from tests.loyalty.town import Town
from tests.loyalty.town_memory import Kept, Redeemed
from tests.loyalty.world import KEYS

LEAST, MOST, STEP = 20, 60, 10
"""How many points pay at once."""
CUP, CUPS, NOTE = 4, 2, 9
"""What a cup costs and how many there are; what a voucher costs."""


class Desk(Town):
    """Verbs of the desk."""

    def redeem(self) -> None:
        """Let points pay, or keep them for it: a number, or all of them."""
        who, source = self.somebody(), self.source
        asked = self.dice.choice([None, 10, 20, 20, 25, 30, 40, 60, 70])
        seconds = self.dice.choice([None, None, 600])
        got: list[Any] = []

        def wanted() -> None:
            wallet = self.wallet(who, "points")
            points = min(wallet.usable, MOST) // STEP * STEP if asked is None else asked
            slugs = {
                "below-minimum": points < LEAST,
                "not-a-step": points % STEP > 0,
                "above-maximum": points > MOST,
                "not-enough-points": points > wallet.usable,
            }
            for slug in (slug for slug, holds in slugs.items() if holds):
                raise Refused(slug)
            self.be_active(who)
            got.append(self.keep_or_take(who, points, seconds))

        done = self.move(
            "redeem_points",
            who,
            asked or 0,
            wanted,
            lambda count: redeem_points(
                self.tx,
                member_id=who,
                points=None if asked is None and not count else count,
                source=source,
                hold_seconds=seconds,
            ),
        )
        if done is not None:
            self.memory.redemptions[done.redemption_id] = got[0]
            assert done.points == got[0].points, f"step {self.number}"

    def claim(self) -> None:
        """Claim a cup, of which there are few, or a voucher."""
        who, source = self.somebody(), self.source
        reward, seconds = self.dice.choice(["cup", "note"]), self.dice.choice([None, None, 600])
        cups = int(reward == "cup")
        got: list[Redeemed] = []

        def wanted() -> None:
            wallet = self.wallet(who, "points")
            if cups and self.memory.counts["cups"] == CUPS:
                raise Refused("limit-reached")
            cost = CUP if cups else NOTE
            wallet.need(cost, wallet.usable)
            self.be_active(who)
            self.memory.counts["cups"] += cups
            got.append(self.keep_or_take(who, cost, seconds))

        done = self.move(
            f"claim_{reward}",
            who,
            1,
            wanted,
            lambda claims: claim_reward(
                self.tx,
                keys=KEYS,
                member_id=who,
                reward_id=reward,
                claims=claims,
                source=source,
                hold_seconds=seconds,
            ),
        )
        if done is not None:
            got[0].cups = cups
            self.memory.redemptions[done.redemption_id] = got[0]
            self.hand_over(done, got[0])

    def keep_or_take(self, who: Any, points: int, seconds: int | None) -> Redeemed:
        wallet = self.wallets[who, "points"]
        if seconds is None:
            return Redeemed(who, points, "done", wallet.take(points))
        wallet.held += points
        kept = Kept(who, "points", points, self.now + timedelta(seconds=seconds))
        return Redeemed(who, points, "held", [], kept)

    def hand_over(self, done: Any, one: Redeemed) -> None:
        """Remember the vouchers that a claim gave."""
        for voucher in done.vouchers:
            one.voucher = voucher.voucher_id
            self.memory.vouchers[voucher.voucher_id] = [one.who, "issued"]

    def capture_redeemed(self) -> None:
        """Take what a redemption keeps."""
        if not self.memory.redemptions:
            return
        id_, one = self.dice.choice(list(self.memory.redemptions.items()))
        was = one.state

        def wanted() -> None:
            self.touched.add(one.who)
            if one.state == "done":
                return
            if one.state != "held":
                raise Refused("redemption-ended")
            if one.kept.state != "open" or one.kept.until <= self.now:
                raise Refused("hold-ended")
            self.wallet(one.who, "points")
            one.taken = self.take_held(one.kept, one.points)
            one.state = "done"

        done = self.do(
            "capture_redemption",
            wanted,
            lambda: capture_redemption(self.tx, keys=KEYS, member_id=one.who, redemption_id=id_),
        )
        if done is not None and was == "held":
            self.hand_over(done, one)

    def release_redeemed(self) -> None:
        """Set free what a redemption keeps, or give back what it took."""
        if not self.memory.redemptions:
            return
        id_, one = self.dice.choice(list(self.memory.redemptions.items()))

        def wanted() -> None:
            self.touched.add(one.who)
            if one.state in {"released", "given back"}:
                return
            if one.state == "held":
                if one.kept.state == "open":
                    self.free(one.kept, "released")
                one.state = "released"
            else:
                voucher = self.memory.vouchers.get(one.voucher, ["", ""])
                if voucher[0] != one.who:
                    voucher = ["", ""]  # a merge gave it to somebody else, and the points too
                if voucher[1] == "used":
                    raise Refused("voucher-not-usable")
                wallet = self.wallet(one.who, "points")
                voucher[1] = "cancelled" if voucher[1] == "issued" else voucher[1]
                self.return_taken(wallet, one.taken)
                one.state = "given back"
            self.memory.counts["cups"] -= one.cups

        self.do(
            "release_redemption",
            wanted,
            lambda: release_redemption(self.tx, member_id=one.who, redemption_id=id_),
        )
        if one.state in {"released", "given back"} and self.dice.random() < 0.5:
            del self.memory.redemptions[id_]

    def end_voucher(self) -> None:
        """Use a voucher, or take it away for good."""
        if not self.memory.vouchers:
            return
        id_, voucher = self.dice.choice(list(self.memory.vouchers.items()))
        source, uses = self.source, self.dice.random() < 0.5
        who = voucher[0]

        def wanted() -> None:
            self.wallet(who, "points")
            if voucher[1] == "withdrawn" and not uses:
                return
            if voucher[1] != "issued":
                raise Refused("voucher-not-usable")
            voucher[1] = "used" if uses else "withdrawn"

        verb = "use_voucher" if uses else "cancel_voucher"
        self.do(
            verb,
            wanted,
            lambda: (
                use_voucher(self.tx, member_id=who, voucher_id=id_, source=source)
                if uses
                else cancel_voucher(self.tx, member_id=who, voucher_id=id_)
            ),
        )

    def use_gift_card(self) -> None:
        """Load a gift card, pay with it, or take off it again."""
        card, source = self.dice.choice(["gc-1", "gc-2"]), self.source
        amount, there = self.dice.randrange(1, 900), self.memory.cards.get(card)
        verb: Any = self.dice.choice([load_gift_card, pay_with_gift_card, take_off_gift_card])
        facts: Any = {"due_minor": 700, "asked_minor": amount} if verb is pay_with_gift_card else {}

        def wanted() -> None:
            if verb is load_gift_card:
                self.memory.cards[card] = (there or 0) + amount
                return
            if there is None:
                raise Refused("unknown-gift-card")
            if verb is pay_with_gift_card and min(amount, 700) > there:
                raise Refused("gift-card-short")
            self.memory.cards[card] -= min(amount, 700 if facts else there)

        done = self.do(
            verb.__name__,
            wanted,
            lambda: verb(
                self.tx, gift_card_id=card, source=source, **(facts or {"amount_minor": amount})
            ),
        )
        if done is not None:
            assert done.balance_minor == self.memory.cards[card], f"step {self.number}"
