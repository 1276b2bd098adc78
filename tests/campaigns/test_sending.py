"""From a scheduled campaign to messages that lie in the mailbox, once each."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy

from campaigns.commands import (
    cancel_campaign,
    pause_campaign,
    record_stop,
    resume_campaign,
    suppress_address,
)
from campaigns.jobs.planning import plan_and_freeze
from campaigns.queries import campaign_detail, campaign_results, messages_of, recipients
from campaigns.values import (
    CampaignState,
    Channel,
    MessageState,
    OccurrenceState,
    SuppressionReason,
)
from loyalty.commands import block_member, record_consent
from loyalty.queries import consent_wording
from loyalty.values import Channel as Origin
from loyalty.values import Purpose
from tests.campaigns.world import enrol, later, mailbox, schedule, send, start, states


def withdraw(runtime, member_id, purpose=Purpose.EMAIL_MARKETING):
    with runtime.database.begin(actor="test") as tx:
        wording = consent_wording(purpose, "fr", brand="Palier")
        record_consent(
            tx,
            member_id=member_id,
            given=wording.given(granted=False),
            channel=Origin.WEB,
            source="test",
        )


def results(runtime, campaign_id):
    with runtime.database.look() as tx:
        return {one.channel: one for one in campaign_results(tx, campaign_id)}


def test_a_campaign_reaches_everybody_once_and_in_her_language(runtime):
    enrol(runtime, "Ada")
    enrol(runtime, "Ben", language="en")
    campaign_id = schedule(runtime)

    start(runtime)
    send(runtime)
    send(runtime)

    mails = [
        message_from_bytes(path.read_bytes(), policy=policy.default) for path in mailbox(runtime)
    ]
    subjects = {mail["To"]: mail["Subject"] for mail in mails}
    assert subjects == {
        "ada@example.org": "Ada, vos 0 points",
        "ben@example.org": "Ben, your 0 points",
    }
    assert results(runtime, campaign_id)[Channel.EMAIL].sent == 2


def test_nothing_leaves_before_its_time(runtime):
    enrol(runtime, "Ada")
    schedule(runtime, minutes=60)

    start(runtime, by=timedelta(minutes=30))
    send(runtime)

    assert mailbox(runtime) == []
    assert states(runtime) == {}


def test_both_channels_are_counted_apart_and_the_sum_is_the_audience(runtime):
    enrol(runtime, "Ada", phone="+33612345678")
    enrol(runtime, "Ben", purposes=(Purpose.EMAIL_MARKETING,), phone="+33612345679")
    enrol(runtime, "Cleo", purposes=())
    campaign_id = schedule(runtime, channels=["email", "sms"])

    start(runtime)
    pending = results(runtime, campaign_id)
    send(runtime)
    done = results(runtime, campaign_id)

    for moment in (pending, done):
        for one in moment.values():
            assert one.audience == 3
            assert one.sent + one.skipped + one.failed + one.pending == one.audience
    assert pending[Channel.SMS].pending == 3
    assert (done[Channel.EMAIL].sent, done[Channel.EMAIL].skipped) == (2, 1)
    assert (done[Channel.SMS].sent, done[Channel.SMS].skipped) == (1, 2)
    assert done[Channel.SMS].skipped_by == {"no-consent": 2}
    assert len(mailbox(runtime)) == 3


def test_consent_withdrawn_after_the_freeze_is_respected(runtime):
    ada, ben = enrol(runtime, "Ada"), enrol(runtime, "Ben")
    schedule(runtime)
    start(runtime)

    withdraw(runtime, ada)
    send(runtime)

    assert states(runtime) == {
        (ada, "email"): "skipped:no-consent",
        (ben, "email"): "handed_over",
    }


def test_a_blocked_member_and_a_suppressed_address_get_nothing(runtime):
    ada, ben, cleo = (enrol(runtime, name) for name in ("Ada", "Ben", "Cleo"))
    schedule(runtime)
    start(runtime)
    with runtime.database.begin(actor="test") as tx:
        block_member(tx, member_id=ada)
        suppress_address(
            tx,
            keys=runtime.keys,
            channel=Channel.EMAIL,
            address="BEN@example.org",
            reason=SuppressionReason.COMPLAINT,
            source="test",
        )
    send(runtime)

    assert states(runtime) == {
        (ada, "email"): "skipped:member-blocked",
        (ben, "email"): "skipped:suppressed",
        (cleo, "email"): "handed_over",
    }


def test_a_member_without_an_address_is_skipped_and_says_why(runtime):
    ada = enrol(runtime, "Ada", email=None, phone="+33612345678")
    schedule(runtime)
    start(runtime)
    send(runtime)
    assert states(runtime) == {(ada, "email"): "skipped:no-address"}


def test_three_mails_a_week_and_the_fourth_stays(runtime):
    ada = enrol(runtime, "Ada")
    for number in range(4):
        schedule(runtime, name=f"Campaign {number}")
        start(runtime)
        send(runtime)
    assert len(mailbox(runtime)) == 3
    with runtime.database.look() as tx:
        newest_first = [f"{one.state}:{one.reason}" for one in messages_of(tx, ada).items]
    assert newest_first == ["skipped:weekly-cap", *["handed_over:"] * 3]

    later(runtime, days=7)
    schedule(runtime, name="A week later")
    start(runtime)
    send(runtime)
    assert len(mailbox(runtime)) == 4


def test_an_sms_planned_for_the_evening_waits_for_the_morning(runtime):
    ada = enrol(runtime, "Ada", phone="+33612345678")
    schedule(runtime, channels=["sms"], minutes=11 * 60)  # 21:30
    start(runtime, by=timedelta(hours=11, minutes=5))

    send(runtime)
    assert states(runtime) == {(ada, "sms"): "planned"}
    assert mailbox(runtime) == []

    later(runtime, hours=12, minutes=30)  # next day, past ten
    send(runtime)
    assert states(runtime) == {(ada, "sms"): "handed_over"}


def test_the_member_on_reunion_gets_hers_by_her_own_clock(runtime):
    schedule(runtime, channels=["sms"], minutes=7 * 60)  # 17:30 in Paris, 20:30 on Reunion
    near = enrol(runtime, "Ada", phone="+33612345678")
    far = enrol(runtime, "Ben", phone="+33612345679", store="reunion-1")
    start(runtime, by=timedelta(hours=7, minutes=1))
    send(runtime)
    assert states(runtime) == {(near, "sms"): "handed_over", (far, "sms"): "planned"}


def test_pausing_stops_within_a_batch_and_resuming_repeats_nobody(runtime):
    for name in ("Ada", "Ben", "Cleo"):
        enrol(runtime, name)
    campaign_id = schedule(runtime)
    start(runtime)
    with runtime.database.begin(actor="staff:dora") as tx:
        pause_campaign(tx, campaign_id=campaign_id)
    send(runtime)
    assert mailbox(runtime) == []

    with runtime.database.begin(actor="staff:dora") as tx:
        resume_campaign(tx, campaign_id=campaign_id)
    send(runtime)
    assert len(mailbox(runtime)) == 3


def test_a_cancelled_campaign_counts_its_unsent_messages_as_skipped(runtime):
    ada = enrol(runtime, "Ada")
    campaign_id = schedule(runtime)
    start(runtime)
    with runtime.database.begin(actor="staff:dora") as tx:
        cancel_campaign(tx, campaign_id=campaign_id)
    send(runtime)
    plan_and_freeze(runtime)

    assert mailbox(runtime) == []
    assert states(runtime) == {(ada, "email"): "cancelled:campaign-stopped"}
    assert results(runtime, campaign_id)[Channel.EMAIL].skipped_by == {"campaign-stopped": 1}
    with runtime.database.look() as tx:
        assert campaign_detail(tx, campaign_id).occurrences[0].state is OccurrenceState.CANCELLED


def test_a_campaign_that_has_sent_everything_is_finished(runtime):
    enrol(runtime, "Ada")
    campaign_id = schedule(runtime)
    start(runtime)
    send(runtime)
    plan_and_freeze(runtime)
    with runtime.database.look() as tx:
        detail = campaign_detail(tx, campaign_id)
    assert detail.state is CampaignState.FINISHED
    assert detail.occurrences[0].state is OccurrenceState.DONE
    assert detail.occurrences[0].audience == 1


def test_an_empty_audience_finishes_at_once(runtime):
    campaign_id = schedule(runtime, audience={"tiers": ["platinum"]})
    enrol(runtime, "Ada")
    start(runtime)
    plan_and_freeze(runtime)
    with runtime.database.look() as tx:
        assert campaign_detail(tx, campaign_id).state is CampaignState.FINISHED
    assert states(runtime) == {}


def test_a_run_that_is_half_a_day_late_is_missed_and_not_sent(runtime):
    enrol(runtime, "Ada")
    campaign_id = schedule(runtime)
    start(runtime, by=timedelta(hours=13))
    send(runtime)
    with runtime.database.look() as tx:
        assert campaign_detail(tx, campaign_id).occurrences[0].state is OccurrenceState.MISSED
    assert states(runtime) == {}


def test_a_message_held_back_for_three_days_is_not_sent_any_more(runtime):
    ada = enrol(runtime, "Ada")
    schedule(runtime)
    start(runtime)
    later(runtime, hours=73)
    send(runtime)
    assert states(runtime) == {(ada, "email"): "skipped:too-late"}


def test_stop_in_any_spelling_silences_before_the_next_batch(runtime):
    numbers = [f"+3361234567{n}" for n in range(5)]
    members = [enrol(runtime, f"M{n}", phone=number) for n, number in enumerate(numbers)]
    schedule(runtime, channels=["sms"])
    start(runtime)
    with runtime.database.begin(actor="sms") as tx:
        for number, text in zip(
            numbers, ("STOP", " stop. ", "Arrêt", "ARRET SVP", "Merci"), strict=True
        ):
            record_stop(
                tx, keys=runtime.keys, phone=number, text=text, brand="Palier", source="sms:1"
            )
    send(runtime)
    kept = states(runtime)
    assert [kept[member, "sms"] for member in members] == [
        *["skipped:no-consent"] * 4,
        "handed_over",
    ]


def test_who_got_it_is_a_list_that_stays_where_it_is(runtime):
    members = [enrol(runtime, f"M{n}") for n in range(7)]
    campaign_id = schedule(runtime)
    start(runtime)
    send(runtime)
    found = []
    with runtime.database.look() as tx:
        page = recipients(tx, campaign_id, states=list(MessageState), limit=3)
        while True:
            found += [one.member_id for one in page.items]
            if page.after is None:
                break
            page = recipients(tx, campaign_id, states=list(MessageState), limit=3, after=page.after)
    assert found == sorted(members)
