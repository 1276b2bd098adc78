"""A real HTTP gateway: taken, throttled, refused, silent; and never the same SMS twice."""

from __future__ import annotations

import pytest

from campaigns.jobs.recovery import recover
from campaigns.transports.port import SmsOut, TransportError
from campaigns.transports.sms_http import HttpSms
from campaigns.values import MessageId
from tests.campaigns.sinks import sms_sink
from tests.campaigns.world import crowd, enrol, later, runtime_of, schedule, send, start, states

SMS = SmsOut(MessageId("msg_1"), "PALIER", "+33612345678", "Bonjour")


@pytest.fixture
def gateway():
    with sms_sink() as found:
        yield found


@pytest.fixture
def texting(runtime, gateway):
    sink, url = gateway
    return sink, runtime_of(runtime.database, runtime.settings, sms_url=url, sms_token="secret")


def test_a_campaign_goes_out_with_token_and_idempotency_key(texting):
    sink, runtime = texting
    crowd(runtime, 5)
    schedule(runtime, channels=["sms"])
    start(runtime)
    send(runtime)
    assert set(states(runtime).values()) == {"handed_over"}
    assert {one["token"] for one in sink.received} == {"Bearer secret"}
    assert len({one["key"] for one in sink.received}) == 5
    assert all(one["key"] == one["reference"] for one in sink.received)
    assert all(one["text"].endswith("STOP 36180") for one in sink.received)


def test_a_throttled_gateway_is_given_the_time_it_asks_for(texting):
    sink, runtime = texting
    crowd(runtime, 3)
    schedule(runtime, channels=["sms"])
    start(runtime)
    sink.answer = (429, {"Retry-After": "90"})
    send(runtime)
    assert len(sink.received) == 1
    sink.answer = (201, {})
    later(runtime, seconds=60)
    send(runtime)
    assert sum(state == "planned" for state in states(runtime).values()) == 1
    later(runtime, seconds=40)
    send(runtime)
    assert set(states(runtime).values()) == {"handed_over"}


def test_a_refused_number_ends_the_message(texting):
    sink, runtime = texting
    ada = enrol(runtime, "Ada")
    sink.answer = (422, {})
    schedule(runtime, channels=["sms"])
    start(runtime)
    send(runtime)
    assert states(runtime) == {(ada, "sms"): "failed:refused"}


def test_a_gateway_that_took_it_and_fell_silent_is_asked_and_not_sent_to_again(texting):
    sink, runtime = texting
    ada = enrol(runtime, "Ada")
    sink.silent = True
    schedule(runtime, channels=["sms"])
    start(runtime)
    transport = HttpSms(runtime.settings.sms_url, "secret", read_seconds=0.3)
    send_with(runtime, transport)
    assert states(runtime) == {(ada, "sms"): "uncertain"}

    sink.silent = False
    recover(runtime)
    assert states(runtime) == {(ada, "sms"): "handed_over"}
    assert len(sink.received) == 1


def send_with(runtime, sms):
    from campaigns.transports.chosen import Transports, mailbox_folder  # noqa: PLC0415 - only here
    from campaigns.transports.file import FileMail  # noqa: PLC0415 - the same

    send(runtime, Transports(FileMail(mailbox_folder(runtime.settings)), sms))
    sms.close()


@pytest.mark.parametrize(
    ("answer", "permanent", "down"),
    [((400, {}), True, False), ((404, {}), True, False), ((408, {}), False, False),
     ((500, {}), False, False), ((503, {}), False, True), ((429, {}), False, True),
     ((302, {"Location": "http://127.0.0.1:1/"}), True, False)],
)  # fmt: skip
def test_what_each_answer_means(gateway, answer, permanent, down):
    sink, url = gateway
    sink.answer = answer
    transport = HttpSms(url, "")
    with pytest.raises(TransportError) as refused:
        transport.send(SMS)
    transport.close()
    assert (refused.value.permanent, refused.value.down) == (permanent, down)
    assert not refused.value.doubt


def test_nobody_there_is_a_closed_way_and_no_doubt():
    with pytest.raises(TransportError) as refused:
        HttpSms("http://127.0.0.1:1/sms", "").send(SMS)
    assert refused.value.down
    assert not refused.value.doubt
    assert HttpSms("http://127.0.0.1:1/sms", "").ask(SMS.message_id) is None


def test_the_gateways_own_name_is_kept(gateway):
    _, url = gateway
    transport = HttpSms(url, "")
    assert transport.send(SMS).provider_ref == "gw-msg_1"
    assert transport.ask(MessageId("msg_1")) is True
    assert transport.ask(MessageId("msg_2")) is False
    transport.close()
