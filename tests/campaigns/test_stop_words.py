"""What an SMS that came back asks for."""

from __future__ import annotations

import pytest

from campaigns.commands import record_stop
from campaigns.stop_words import Wish, wish_of
from tests.campaigns.world import enrol, schedule, send, start, states


@pytest.mark.parametrize(
    "text",
    ["STOP", "stop", " Stop ", "STOP!", "S T O P", "stop sms", "STOP PUB", "Stop merci", "ARRET",
     "Arrêt", "arrêtez", "ARRÊTER SVP", "arre\u0302t", "UNSUBSCRIBE", "unsubscribe me please",
     "Désabonner", "DESINSCRIPTION", "fin", "stop\n", "«STOP»", "\uff53\uff54\uff4f\uff50"],
)  # fmt: skip
def test_stop_is_heard(text):
    assert wish_of(text) is Wish.STOP


@pytest.mark.parametrize(
    "text",
    ["", "   ", "merci", "Non merci", "Bonjour, à quelle heure fermez-vous ?", "12345", "👍",
     "please do not stop sending me these offers", "x" * 10_000],
)  # fmt: skip
def test_other_answers_are_no_wish(text):
    assert wish_of(text) is Wish.NOTHING


@pytest.mark.parametrize("text", ["START", "start", "unstop", "Oui"])
def test_start_is_heard(text):
    assert wish_of(text) is Wish.START


def stop(runtime, number, text):
    with runtime.database.begin(actor="sms") as tx:
        return record_stop(
            tx, keys=runtime.keys, phone=number, text=text, brand="Palier", source="sms"
        )


def test_an_unknown_number_that_said_stop_stays_silent_when_it_becomes_a_members(runtime):
    for _ in range(2):
        assert stop(runtime, "+33612345678", "STOP").member_id is None
    ada = enrol(runtime, "Ada", phone="+33612345678")
    schedule(runtime, channels=["sms"])
    start(runtime)
    send(runtime)
    assert states(runtime) == {(ada, "sms"): "skipped:suppressed"}

    stop(runtime, "+33612345678", "START")
    schedule(runtime, name="Second", channels=["sms"])
    start(runtime)
    send(runtime)
    assert "handed_over" in states(runtime).values()


def test_start_gives_no_consent(runtime):
    ada = enrol(runtime, "Ada", phone="+33612345678", purposes=())
    assert stop(runtime, "+33612345678", "START").member_id == ada
    schedule(runtime, channels=["sms"])
    start(runtime)
    send(runtime)
    assert states(runtime) == {(ada, "sms"): "skipped:no-consent"}
