"""What the campaigns package brings to the application."""

from __future__ import annotations

from campaigns import api, cli
from campaigns.jobs import JOBS
from campaigns.pages import demo, marketer, shopper
from campaigns.subscribers import send_sign_in_link, welcome_member
from loyalty.events import MemberEnrolled, SignInRequested
from loyalty.kernel.plugin import NavItem, Plugin, Subscription
from loyalty.kernel.problems import N_

plugin = Plugin(
    name="campaigns",
    api=(api.blueprint,),
    pages=(marketer.blueprint, shopper.blueprint),
    demo_pages=(demo.blueprint,),
    subscriptions=(
        Subscription(SignInRequested, send_sign_in_link),
        Subscription(MemberEnrolled, welcome_member),
    ),
    jobs=JOBS,
    commands=(cli.campaigns,),
    nav=(
        NavItem(
            "admin",
            N_("Campaigns"),
            "campaigns_admin.list_",
            "megaphone",
            40,
            roles=tuple(sorted(role.value for role in marketer.READERS.roles)),
        ),
    ),
)
