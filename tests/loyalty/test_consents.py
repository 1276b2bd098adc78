"""Consents: the last answer is in force, every answer is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from loyalty.commands import record_consent
from loyalty.errors import UnknownMember
from loyalty.queries import consent_history, consents_of, contacts, has_consent
from loyalty.values import Channel, ConsentGiven, MemberId, Purpose

YES = ConsentGiven(
    purpose=Purpose.SMS_MARKETING,
    granted=True,
    wording="SMS are fine.",
    wording_version=1,
    language="en",
)
NO = replace(YES, granted=False)


def say(tx, member_id, given, source="app"):
    return record_consent(tx, member_id=member_id, given=given, channel=Channel.WEB, source=source)


def test_silence_is_a_no(shop, ada):
    with shop.look() as tx:
        assert not has_consent(tx, ada, Purpose.SMS_MARKETING)
        assert consents_of(tx, ada) == {}


def test_the_last_answer_is_in_force_and_the_others_are_kept(shop, ada):
    with shop.begin(actor="test") as tx:
        for given in (YES, NO, YES):
            assert say(tx, ada, given).changed

        assert has_consent(tx, ada, Purpose.SMS_MARKETING)
        assert contacts(tx, [ada])[ada].consents == {Purpose.SMS_MARKETING}
        assert [one.granted for one in consent_history(tx, ada)] == [True, False, True]


def test_the_same_answer_again_adds_nothing(shop, ada):
    with shop.begin(actor="test") as tx:
        first, again = say(tx, ada, YES), say(tx, ada, YES, source="stop")

        assert (again.seq, again.changed) == (first.seq, False)
        assert say(tx, ada, replace(YES, wording="New words.", wording_version=2)).changed


def test_purposes_are_answered_apart(shop, ada):
    with shop.begin(actor="test") as tx:
        say(tx, ada, YES)
        say(tx, ada, replace(NO, purpose=Purpose.EMAIL_MARKETING))

        current = consents_of(tx, ada)
        assert {purpose: state.granted for purpose, state in current.items()} == {
            Purpose.SMS_MARKETING: True,
            Purpose.EMAIL_MARKETING: False,
        }


def test_nobody_consents_for_nobody(shop):
    with shop.begin(actor="test") as tx, pytest.raises(UnknownMember):
        say(tx, MemberId("mbr_nobody"), YES)


@pytest.mark.parametrize("change", ["UPDATE consents SET granted = false", "DELETE FROM consents"])
def test_an_answer_cannot_be_changed_or_deleted(shop, ada, change):
    with shop.begin(actor="test") as tx:
        say(tx, ada, YES)
    with pytest.raises(DatabaseError), shop.begin(actor="test") as tx:
        tx.run(text(change))
