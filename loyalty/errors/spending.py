"""Refusals about spending: points against money, rewards, tenders and gift cards."""

from __future__ import annotations

from dataclasses import dataclass

from loyalty.kernel.problems import N_, Kind, Problem


@dataclass(eq=False)
class NoRedemption(Problem):
    """The programme in force lets no points pay. Nothing was taken."""

    kind = Kind.CONFLICT
    slug = "no-redemption"
    title = N_("Points do not pay here")
    template = N_("The programme says nothing about paying with points. Choose a reward instead.")


@dataclass(eq=False)
class BelowMinimum(Problem):
    """Fewer points would be used than the programme's minimum. Nothing was taken."""

    minimum: int

    kind = Kind.CONFLICT
    slug = "below-minimum"
    title = N_("Below the minimum")
    template = N_("At least {minimum} points are used at once. Use more, or none.")


@dataclass(eq=False)
class AboveMaximum(Problem):
    """More points would be used than the programme lets this basket take. Nothing was taken."""

    maximum: int

    kind = Kind.CONFLICT
    slug = "above-maximum"
    title = N_("Above the maximum")
    template = N_("At most {maximum} points may be used here. Use fewer.")


@dataclass(eq=False)
class NotAStep(Problem):
    """Points are used in whole steps only. Nothing was taken."""

    step: int

    kind = Kind.CONFLICT
    slug = "not-a-step"
    title = N_("Not a whole step")
    template = N_("Points are used in multiples of {step}. Choose such a number.")


@dataclass(eq=False)
class CostDifferent(Problem):
    """The till works with another cost than the programme. Nothing was taken."""

    cost: int

    kind = Kind.CONFLICT
    slug = "cost-different"
    title = N_("The cost is different")
    template = N_("This costs {cost} points. Ask the member again and send that cost.")


@dataclass(eq=False)
class LimitReached(Problem):
    """One more use would pass a limit of the offer or reward. Nothing was counted.

    ``scope`` says which limit: ``offer``, ``day``, ``member``, ``stock`` and so on. Quote the
    basket again.
    """

    offer_id: str
    scope: str

    kind = Kind.CONFLICT
    slug = "limit-reached"
    title = N_("The limit is reached")
    template = N_("Somebody took the last one in the meantime. Quote the basket again.")


@dataclass(eq=False)
class PartClaim(Problem):
    """The basket has no room for a whole claim of the reward, and it is not given in part."""

    reward_id: str

    kind = Kind.CONFLICT
    slug = "part-claim"
    title = N_("The reward is worth more than the basket")
    template = N_("The basket does not take all of {reward_id}. Add articles, or leave it out.")


@dataclass(eq=False)
class NothingLeft(Problem):
    """The reward finds nothing in the basket that it could lower. Nothing was taken."""

    reward_id: str

    kind = Kind.CONFLICT
    slug = "nothing-left"
    title = N_("Nothing to lower")
    template = N_("{reward_id} finds nothing left to lower in this basket. Leave it out.")


@dataclass(eq=False)
class UnknownReward(Problem):
    """The programme in force has no such reward."""

    reward_id: str

    kind = Kind.NOT_FOUND
    slug = "unknown-reward"
    title = N_("Unknown reward")
    template = N_("There is no reward {reward_id}. Look at the catalogue again.")


@dataclass(eq=False)
class UnknownRedemption(Problem):
    """The member has no such redemption."""

    redemption_id: str

    kind = Kind.NOT_FOUND
    slug = "unknown-redemption"
    title = N_("Unknown redemption")
    template = N_("There is no redemption {redemption_id}.")


@dataclass(eq=False)
class RedemptionEnded(Problem):
    """The redemption was released, its time was up, or it was done otherwise before."""

    redemption_id: str
    state: str

    kind = Kind.CONFLICT
    slug = "redemption-ended"
    title = N_("This redemption has ended")
    template = N_("It is {state} and cannot be changed any more. Redeem again.")


@dataclass(eq=False)
class WalletCannotPay(Problem):
    """The programme does not let this wallet pay at the till. Nothing was taken."""

    wallet: str

    kind = Kind.CONFLICT
    slug = "wallet-cannot-pay"
    title = N_("This wallet does not pay")
    template = N_("{wallet} cannot pay at the till. Use another tender.")


@dataclass(eq=False)
class UnknownGiftCard(Problem):
    """No gift card has this number."""

    gift_card_id: str

    kind = Kind.NOT_FOUND
    slug = "unknown-gift-card"
    title = N_("Unknown gift card")
    template = N_("No gift card has the number {gift_card_id}. Scan it again.")


@dataclass(eq=False)
class GiftCardShort(Problem):
    """The gift card holds less than it should pay. Nothing was taken.

    ``left_minor`` is what it holds, in minor units.
    """

    gift_card_id: str
    left_minor: int

    kind = Kind.CONFLICT
    slug = "gift-card-short"
    title = N_("Not enough on the gift card")
    template = N_("The card holds {left_minor} minor units. Let it pay less, or use another one.")


@dataclass(eq=False)
class VoucherValueUnknown(Problem):
    """The programme hands out no voucher of this value. Nothing was given."""

    value_minor: int

    kind = Kind.INVALID
    slug = "voucher-value-unknown"
    title = N_("No such voucher")
    template = N_("The programme gives no voucher of this value. Choose one that it gives.")
