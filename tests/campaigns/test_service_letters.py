"""What a member asked for reaches her at once, whatever she thinks of marketing."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from pathlib import Path

from campaigns.commands import plan_letter, suppress_address
from campaigns.plugin import plugin
from campaigns.transports.chosen import Transports
from campaigns.transports.file import FileSms
from campaigns.transports.port import HandedOver
from campaigns.values import Channel, SuppressionReason
from loyalty.commands import block_member, enter_by_link, request_sign_in
from loyalty.kernel.relay import drain
from tests.campaigns.world import crowd, enrol, later, mailbox, schedule, send, start, states


def deliver(runtime):
    drain(runtime.database, plugin.subscriptions)
    send(runtime)


def letters(runtime):
    return [message_from_bytes(p.read_bytes(), policy=policy.default) for p in mailbox(runtime)]


def text_of(mail):
    return mail.get_body(("plain",)).get_content()


def test_a_new_member_is_welcomed_once_with_her_card_and_nothing_to_buy(runtime):
    enrol(runtime, "Ada", purposes=())
    for _ in range(3):
        deliver(runtime)
    (mail,) = letters(runtime)
    assert mail["Subject"] == "Votre carte Palier est prête"
    assert "http://127.0.0.1/app/" in text_of(mail)
    assert "List-Unsubscribe" not in mail
    assert mail["Auto-Submitted"] == "auto-generated"
    assert not re.search(r"offre|promo|%", text_of(mail), re.IGNORECASE)


def test_a_sign_in_link_opens_the_card_once(runtime):
    ada = enrol(runtime, "Ada", purposes=(), language="en")
    deliver(runtime)
    with runtime.database.begin(actor="test") as tx:
        request_sign_in(tx, contact="ada@example.org")
    deliver(runtime)
    mail = next(mail for mail in letters(runtime) if "link" in mail["Subject"])
    token = re.search(r"token=([^\s]+)", text_of(mail))
    assert token is not None
    with runtime.database.begin(actor="test") as tx:
        assert enter_by_link(tx, keys=runtime.keys, token=token[1]).member_id == ada


def test_two_requests_are_two_mails_and_one_request_is_one(runtime):
    ada = enrol(runtime, "Ada")
    for cause in ("one", "two", "one"):
        with runtime.database.begin(actor="test") as tx:
            plan_letter(tx, member_id=ada, letter="sign-in", cause=cause)
    send(runtime)
    assert len(mailbox(runtime)) == 2


def test_at_night_with_the_week_used_up_and_no_consent_it_still_leaves(runtime):
    ada = enrol(runtime, "Ada", purposes=())
    later(runtime, hours=14)  # 00:30
    with runtime.database.begin(actor="test") as tx:
        plan_letter(tx, member_id=ada, letter="sign-in", cause="r")
    send(runtime)
    assert states(runtime) == {(ada, "email"): "handed_over"}


def test_a_letter_does_not_use_up_the_marketing_week(runtime):
    ada = enrol(runtime, "Ada")
    for number in range(5):
        with runtime.database.begin(actor="test") as tx:
            plan_letter(tx, member_id=ada, letter="sign-in", cause=str(number))
    send(runtime)
    schedule(runtime)
    start(runtime)
    send(runtime)
    assert len(mailbox(runtime)) == 6


def test_a_link_that_has_run_out_is_not_sent(runtime):
    ada = enrol(runtime, "Ada")
    with runtime.database.begin(actor="test") as tx:
        plan_letter(tx, member_id=ada, letter="sign-in", cause="r")
    later(runtime, minutes=31)
    send(runtime)
    assert states(runtime) == {(ada, "email"): "skipped:too-late"}


def test_a_blocked_member_hears_of_her_account_but_a_dead_address_is_left_alone(runtime):
    ada, ben = enrol(runtime, "Ada"), enrol(runtime, "Ben")
    with runtime.database.begin(actor="test") as tx:
        block_member(tx, member_id=ada)
        for address, reason in (
            ("ada@example.org", SuppressionReason.COMPLAINT),
            ("ben@example.org", SuppressionReason.HARD_BOUNCE),
        ):
            suppress_address(
                tx, keys=runtime.keys, channel=Channel.EMAIL, address=address, reason=reason,
                source="test",
            )  # fmt: skip
        for member in (ada, ben):
            plan_letter(tx, member_id=member, letter="welcome", cause=member)
    send(runtime)
    assert states(runtime) == {(ada, "email"): "handed_over", (ben, "email"): "skipped:suppressed"}


def test_letters_overtake_a_running_campaign(runtime):
    crowd(runtime, 30)
    schedule(runtime)
    start(runtime)
    ada = enrol(runtime, "Ada", purposes=())
    with runtime.database.begin(actor="test") as tx:
        plan_letter(tx, member_id=ada, letter="sign-in", cause="r")
    order = []

    class Order:
        name = "order"

        def send(self, mail):
            order.append(mail.recipient)
            return HandedOver()

        def close(self):
            """Nothing is kept open."""

    sms = FileSms(Path(runtime.settings.data_dir), runtime.database.clock)
    send(runtime, Transports(Order(), sms))
    assert order[0] == "ada@example.org"
    assert len(order) == 31
