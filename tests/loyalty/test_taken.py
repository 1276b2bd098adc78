from __future__ import annotations

import pytest

from loyalty.commands import enrol_member
from loyalty.errors import EmailTaken, PhoneTaken
from loyalty.kernel.signing import Keys
from loyalty.values import Channel, Identity


def enrol(tx, **identity):
    return enrol_member(
        tx,
        keys=Keys("x" * 40),
        identity=Identity(given_name="Ada", **identity),
        channel=Channel.WEB,
        language="fr",
    )


def test_members_without_a_telephone_do_not_stand_in_each_others_way(tx):
    assert enrol(tx, email="ada@example.org") != enrol(tx, email="ben@example.org")


def test_members_without_an_address_do_not_stand_in_each_others_way(tx):
    assert enrol(tx, phone="06 39 98 00 01") != enrol(tx, phone="06 39 98 00 02")


def test_one_address_is_one_member_whatever_the_case(tx):
    enrol(tx, email="ada@example.org")
    with pytest.raises(EmailTaken):
        enrol(tx, email="Ada@EXAMPLE.org", phone="06 39 98 00 01")


def test_one_number_is_one_member_however_it_is_written(tx):
    enrol(tx, phone="06 39 98 00 01", email="ada@example.org")
    with pytest.raises(PhoneTaken):
        enrol(tx, phone="+33 6 39 98 00 01")
