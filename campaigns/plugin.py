"""What the campaigns package brings to the application."""

from __future__ import annotations

from campaigns.jobs import JOBS
from campaigns.subscribers import send_sign_in_link, welcome_member
from loyalty.events import MemberEnrolled, SignInRequested
from loyalty.kernel.plugin import Plugin, Subscription

plugin = Plugin(
    name="campaigns",
    subscriptions=(
        Subscription(SignInRequested, send_sign_in_link),
        Subscription(MemberEnrolled, welcome_member),
    ),
    jobs=JOBS,
)
