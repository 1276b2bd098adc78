"""Whether a message may be said to this member, now: one function, one verdict with its reason.

It is asked when a message is claimed and again right before it goes to the socket, for every
channel and both lanes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from campaigns.timing import WINDOWS, Window, lawful, next_allowed
from campaigns.values import Channel, Lane, Reason
from loyalty.values import MemberState, Purpose

CONSENT_FOR = {Channel.EMAIL: Purpose.EMAIL_MARKETING, Channel.SMS: Purpose.SMS_MARKETING}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the verdict depends on, as it is true now.

    ``state`` is ``None`` for a member who is gone. ``recent`` counts the marketing messages on this
    channel that left, or are leaving, in the last seven days; ``cap`` is how many are allowed.
    ``suppressed`` means for marketing, ``unreachable`` for anything (the address bounces).
    """

    channel: Channel
    lane: Lane
    state: MemberState | None
    address: str | None
    consents: frozenset[Purpose]
    zone: str
    recent: int
    cap: int
    suppressed: bool = False
    unreachable: bool = False
    stopped: bool = False
    expires_at: datetime | None = None
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """``SEND`` when there is no reason; wait when ``wait_until`` is set; otherwise never."""

    reason: Reason = Reason.NONE
    wait_until: datetime | None = None

    @property
    def may_send(self) -> bool:
        """Tell whether the message may go now."""
        return self.reason is Reason.NONE


GO = Verdict()
_GONE = frozenset({None, MemberState.ERASED, MemberState.MERGED, MemberState.POOL})


def judge(facts: Facts, *, now: datetime) -> Verdict:
    """Return whether a message may be sent to a member at ``now``, and if not, why.

    What can never be mended comes first, so that a message that waits for the morning is one that
    may be sent in the morning as far as anybody can know.
    """
    if refused := _refused(facts, now):
        return Verdict(refused)
    if facts.lane is Lane.TRANSACTIONAL:
        return GO
    window = lawful(facts.window or WINDOWS[facts.channel], facts.channel)
    opening = next_allowed(now, window, facts.zone)
    if opening == now:
        return GO
    if facts.expires_at is not None and opening >= facts.expires_at:
        return Verdict(Reason.TOO_LATE)
    return Verdict(Reason.QUIET_HOURS, wait_until=opening)


def _refused(facts: Facts, now: datetime) -> Reason | None:
    """Return the reason for which this message will never be sent."""
    marketing = facts.lane is Lane.MARKETING
    tests = (
        (facts.stopped, Reason.CAMPAIGN_STOPPED),
        (facts.expires_at is not None and now >= facts.expires_at, Reason.TOO_LATE),
        (facts.state in _GONE, Reason.MEMBER_GONE),
        (facts.state is MemberState.BLOCKED and marketing, Reason.MEMBER_BLOCKED),
        (not facts.address, Reason.NO_ADDRESS),
        (facts.unreachable, Reason.SUPPRESSED),
        (marketing and facts.suppressed, Reason.SUPPRESSED),
        (marketing and CONSENT_FOR[facts.channel] not in facts.consents, Reason.NO_CONSENT),
        (marketing and facts.recent >= facts.cap, Reason.WEEKLY_CAP),
    )
    return next((reason for holds, reason in tests if holds), None)
