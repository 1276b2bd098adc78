"""What the offers package brings to the application."""

from __future__ import annotations

from loyalty.events import (
    ConsentChanged,
    MemberEnrolled,
    PurchaseRecorded,
    PurchaseReturned,
    TierReached,
)
from loyalty.kernel.plugin import Plugin, Subscription
from offers import cli, pages, subscribers
from offers.api import BLUEPRINTS
from offers.jobs import JOBS

plugin = Plugin(
    name="offers",
    api=BLUEPRINTS,
    pages=pages.BLUEPRINTS,
    subscriptions=(
        Subscription(MemberEnrolled, subscribers.welcome_with_offers),
        Subscription(PurchaseRecorded, subscribers.learn_from_purchase),
        Subscription(PurchaseReturned, subscribers.learn_from_return),
        Subscription(TierReached, subscribers.celebrate_tier),
        Subscription(ConsentChanged, subscribers.respect_consent),
    ),
    jobs=JOBS,
    commands=(cli.offers,),
    nav=pages.NAV,
)
