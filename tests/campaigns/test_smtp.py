"""A real SMTP conversation: taken, put off, refused, and the line that breaks at the worst time."""

from __future__ import annotations

import ssl

import pytest
from sqlalchemy import select

from campaigns.models import Message, Suppression
from campaigns.queries import attempts_of, messages_of
from campaigns.transports.port import TransportError, scrubbed
from campaigns.transports.smtp import SmtpMail, read_smtp_url
from tests.campaigns.sinks import mail_sink
from tests.campaigns.test_mime import write
from tests.campaigns.world import crowd, enrol, later, runtime_of, schedule, send, start, states


@pytest.fixture
def relay():
    with mail_sink() as found:
        yield found


@pytest.fixture
def mailing(runtime, relay):
    """The shop, with its mail going through the relay."""
    sink, url = relay
    return sink, runtime_of(runtime.database, runtime.settings, mail_transport="smtp", smtp_url=url)


def attempts(runtime, member_id):
    with runtime.database.look() as tx:
        message = messages_of(tx, member_id).items[0]
        return [(one.state, one.code) for one in attempts_of(tx, member_id, message.message_id)]


def test_one_connection_carries_the_whole_campaign(mailing):
    sink, runtime = mailing
    crowd(runtime, 25)
    schedule(runtime)
    start(runtime)
    send(runtime)
    assert sorted(set(states(runtime).values())) == ["handed_over"]
    assert len(sink.received) == len(set(sink.received)) == 25
    assert sink.sessions == 1


def test_a_temporary_no_is_tried_again_later_and_parked_after_five_times(mailing):
    sink, runtime = mailing
    ada, ben = enrol(runtime, "Ada"), enrol(runtime, "Ben")
    sink.answers["ada@example.org"] = "450 4.2.1 try later, ada@example.org"
    schedule(runtime)
    start(runtime)
    for tries in range(1, 6):
        send(runtime)
        assert len(attempts(runtime, ada)) == tries
        send(runtime)  # too early: nothing happens
        assert len(attempts(runtime, ada)) == tries
        later(runtime, seconds=30 * 2 ** (tries - 1))
    send(runtime)

    assert states(runtime) == {(ada, "email"): "failed:gave-up", (ben, "email"): "handed_over"}
    assert [code for _, code in attempts(runtime, ada)] == ["450"] * 5
    with runtime.database.look() as tx:
        message = messages_of(tx, ada).items[0]
        assert "ada@" not in attempts_of(tx, ada, message.message_id)[0].detail


def test_a_permanent_no_ends_the_message_and_an_unknown_mailbox_is_remembered(mailing):
    sink, runtime = mailing
    ada, ben, cleo = (enrol(runtime, name) for name in ("Ada", "Ben", "Cleo"))
    sink.answers["ada@example.org"] = "550 5.1.1 no such user"
    sink.answers["ben@example.org"] = "550 5.7.1 not from you"
    schedule(runtime)
    start(runtime)
    send(runtime)
    assert states(runtime) == {
        (ada, "email"): "failed:refused",
        (ben, "email"): "failed:refused",
        (cleo, "email"): "handed_over",
    }
    with runtime.database.look() as tx:
        assert [row.reason for row in tx.run(select(Suppression.reason))] == ["hard-bounce"]

    sink.answers.clear()
    schedule(runtime, name="Second")
    start(runtime)
    send(runtime)
    assert sorted(value for (member, _), value in states(runtime).items() if member == ben)
    assert len(sink.received) == 1 + 2  # Ada's address is not written to again


def test_a_refusal_after_the_data_is_heard(mailing):
    sink, runtime = mailing
    ada = enrol(runtime, "Ada")
    sink.answers["data:ada@example.org"] = "554 5.6.0 spam"
    schedule(runtime)
    start(runtime)
    send(runtime)
    assert states(runtime) == {(ada, "email"): "failed:refused"}


def test_a_line_that_breaks_after_the_data_leads_to_one_more_copy_and_no_loss(mailing):
    sink, runtime = mailing
    members = crowd(runtime, 6)
    sink.drop_after_data = 1
    schedule(runtime)
    start(runtime)
    send(runtime)
    assert sorted(states(runtime).values()) == ["handed_over"] * 5 + ["planned"]
    later(runtime, minutes=1)
    send(runtime)
    assert set(states(runtime).values()) == {"handed_over"}
    assert len(sink.counts) == len(members)
    assert sorted(sink.counts.values()) == [1] * 5 + [2]


def test_a_relay_that_is_down_costs_no_try_and_stops_the_run_at_once(runtime):
    closed = runtime_of(
        runtime.database, runtime.settings, mail_transport="smtp", smtp_url="smtp://127.0.0.1:1"
    )
    members = crowd(closed, 5)
    schedule(closed)
    start(closed)
    counts = send(closed)
    assert set(states(closed).values()) == {"planned"}
    assert counts == {"planned": 5}
    assert attempts(closed, members[0]) == []

    with mail_sink() as (sink, url):
        again = runtime_of(runtime.database, closed.settings, smtp_url=url)
        later(runtime, minutes=1)
        send(again)
        assert len(sink.received) == 5


def test_a_sender_that_is_refused_concerns_the_relay_and_not_the_member(mailing):
    sink, runtime = mailing
    crowd(runtime, 3)
    sink.sender_answer = "550 5.7.515 sender not authenticated"
    schedule(runtime)
    start(runtime)
    send(runtime)
    assert set(states(runtime).values()) == {"planned"}
    sink.sender_answer = "250 OK"
    later(runtime, minutes=1)
    send(runtime)
    assert set(states(runtime).values()) == {"handed_over"}


def test_a_poisoned_row_is_set_aside_and_the_others_flow(mailing):
    sink, runtime = mailing
    members = crowd(runtime, 5)
    with runtime.database.begin(actor="test") as tx:
        from loyalty.models import MemberIdentity  # noqa: PLC0415 - forced past every check

        tx.session.get_one(MemberIdentity, members[2]).email = "m@example.org\r\nRCPT TO:<x@y.z>"
    schedule(runtime)
    start(runtime)
    send(runtime)
    assert states(runtime)[members[2], "email"] == "skipped:no-address"
    assert len(sink.received) == 4


def test_leading_dots_arrive_as_they_were_sent(relay):
    sink, url = relay
    seen: list[str] = []
    sink.on_message = seen.append
    transport = SmtpMail(read_smtp_url(url))
    transport.send(write(text=".\n..\n.x", html="<p>.</p>\n."))
    transport.close()
    assert seen == ["ada@example.org"]


def test_a_server_without_a_trusted_certificate_gets_no_mail(relay, tmp_path):
    sink, url = relay
    transport = SmtpMail(read_smtp_url(url.replace("smtp://", "smtps://")), seconds=2)
    with pytest.raises(TransportError) as refused:
        transport.send(write())
    assert refused.value.down
    assert isinstance(refused.value.__cause__, ssl.SSLError | OSError)
    assert sink.received == []


@pytest.mark.parametrize(
    ("url", "port", "secure"),
    [("smtp://mail.example", 25, False), ("smtps://mail.example", 465, True),
     ("smtp://u%40x:p%3A@mail.example:587", 587, False)],
)  # fmt: skip
def test_addresses_of_relays(url, port, secure):
    address = read_smtp_url(url)
    assert address.host == "mail.example"
    assert (address.port, address.tls_from_the_start) == (port, secure)
    assert address.user in {"", "u@x"}


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://", ""])
def test_what_is_no_address_of_a_relay(url):
    with pytest.raises(ValueError, match="SMTP_URL"):
        read_smtp_url(url)


def test_words_of_the_other_side_are_kept_without_addresses():
    assert scrubbed("550 <ada@example.org> unknown\r\ncall +33 6 12 34 56 78") == (
        "550 … unknown call …"
    )


def test_message_rows_never_hold_an_address(mailing):
    _, runtime = mailing
    enrol(runtime, "Ada")
    schedule(runtime)
    start(runtime)
    send(runtime)
    with runtime.database.look() as tx:
        for row in tx.run(select(Message)).mappings():
            assert "@" not in repr(dict(row))
