from __future__ import annotations

import pytest

from loyalty.errors import EmailTaken, PhoneTaken
from tests.loyalty.world import enrol


def test_members_without_a_telephone_do_not_stand_in_each_others_way(shop):
    with shop.begin(actor="test") as tx:
        enrol(tx, "Ada", email="ada@example.org")
        enrol(tx, "Ben", email="ben@example.org")


def test_members_without_an_address_do_not_stand_in_each_others_way(shop):
    with shop.begin(actor="test") as tx:
        enrol(tx, "Ada", phone="06 39 98 00 01")
        enrol(tx, "Ben", phone="06 39 98 00 02")


def test_one_address_is_one_member_whatever_the_case(shop):
    with shop.begin(actor="test") as tx:
        enrol(tx, "Ada", email="ada@example.org")
        with pytest.raises(EmailTaken):
            enrol(tx, "Ben", email="Ada@EXAMPLE.org", phone="06 39 98 00 01")


def test_one_number_is_one_member_however_it_is_written(shop):
    with shop.begin(actor="test") as tx:
        enrol(tx, "Ada", phone="06 39 98 00 01", email="ada@example.org")
        with pytest.raises(PhoneTaken):
            enrol(tx, "Ben", phone="+33 6 39 98 00 01")
