"""One function decides whether a message may be said: every reason, and which comes first."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

import pytest

from campaigns.governor import Facts, Verdict, judge
from campaigns.timing import to_utc
from campaigns.values import Channel, Lane, Reason
from loyalty.values import MemberState, Purpose

ZONE = "Europe/Paris"
TUESDAY = to_utc(datetime.fromisoformat("2026-03-10T11:00"), ZONE)
NIGHT = to_utc(datetime.fromisoformat("2026-03-10T23:00"), ZONE)
FINE = Facts(
    channel=Channel.SMS,
    lane=Lane.MARKETING,
    state=MemberState.ACTIVE,
    address="+33612345678",
    consents=frozenset({Purpose.SMS_MARKETING}),
    zone=ZONE,
    recent=1,
    cap=2,
    expires_at=TUESDAY + timedelta(days=3),
)


def test_a_message_with_everything_in_order_goes():
    assert judge(FINE, now=TUESDAY) == Verdict()
    assert judge(FINE, now=TUESDAY).may_send


@pytest.mark.parametrize(
    ("change", "marketing", "transactional"),
    [
        ({"stopped": True}, Reason.CAMPAIGN_STOPPED, Reason.CAMPAIGN_STOPPED),
        ({"expires_at": TUESDAY}, Reason.TOO_LATE, Reason.TOO_LATE),
        ({"state": None}, Reason.MEMBER_GONE, Reason.MEMBER_GONE),
        ({"state": MemberState.ERASED}, Reason.MEMBER_GONE, Reason.MEMBER_GONE),
        ({"state": MemberState.BLOCKED}, Reason.MEMBER_BLOCKED, Reason.NONE),
        ({"address": None}, Reason.NO_ADDRESS, Reason.NO_ADDRESS),
        ({"address": ""}, Reason.NO_ADDRESS, Reason.NO_ADDRESS),
        ({"unreachable": True}, Reason.SUPPRESSED, Reason.SUPPRESSED),
        ({"suppressed": True}, Reason.SUPPRESSED, Reason.NONE),
        ({"consents": frozenset()}, Reason.NO_CONSENT, Reason.NONE),
        ({"consents": frozenset({Purpose.EMAIL_MARKETING})}, Reason.NO_CONSENT, Reason.NONE),
        ({"recent": 2}, Reason.WEEKLY_CAP, Reason.NONE),
        ({"recent": 9}, Reason.WEEKLY_CAP, Reason.NONE),
        ({"cap": 0, "recent": 0}, Reason.WEEKLY_CAP, Reason.NONE),
    ],
)
def test_each_reason_by_itself_in_both_lanes(change, marketing, transactional):
    facts = replace(FINE, **change)
    assert judge(facts, now=TUESDAY).reason is marketing
    assert judge(replace(facts, lane=Lane.TRANSACTIONAL), now=TUESDAY).reason is transactional


def test_at_night_marketing_waits_for_the_morning_and_a_sign_in_link_does_not():
    verdict = judge(FINE, now=NIGHT)
    assert verdict.reason is Reason.QUIET_HOURS
    assert verdict.wait_until == to_utc(datetime.fromisoformat("2026-03-11T10:00"), ZONE)
    assert judge(replace(FINE, lane=Lane.TRANSACTIONAL), now=NIGHT).may_send


def test_a_message_whose_morning_comes_too_late_is_not_kept_waiting():
    facts = replace(FINE, expires_at=NIGHT + timedelta(hours=2))
    assert judge(facts, now=NIGHT) == Verdict(Reason.TOO_LATE)


def test_no_combination_of_facts_lets_marketing_through_without_every_condition():
    for state, address, consented, recent, suppressed, now in product(
        [None, *MemberState], [None, "+33612345678"], [True, False], [0, 1, 2], [True, False],
        [TUESDAY, NIGHT],
    ):  # fmt: skip
        facts = replace(
            FINE,
            state=state,
            address=address,
            consents=frozenset({Purpose.SMS_MARKETING} if consented else ()),
            recent=recent,
            suppressed=suppressed,
        )
        allowed = (
            state is MemberState.ACTIVE
            and address is not None
            and consented
            and recent < 2
            and not suppressed
            and now == TUESDAY
        )
        assert judge(facts, now=now).may_send == allowed
