"""Cards: issued, scanned, blocked, replaced."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from loyalty.cards import CodeKind, make_code
from loyalty.commands import block_card, block_member, issue_card, replace_card
from loyalty.errors import (
    CardBlocked,
    CardMistyped,
    CardNotActive,
    CardNotReadable,
    CardReplaced,
    MemberBlocked,
    SourceReused,
    UnknownCard,
    UnknownMember,
)
from loyalty.queries import (
    card_holder,
    cards_of,
    holder_by_contact,
    holder_by_member,
    member_card,
)
from loyalty.values import CardId, CardState, MemberId
from tests.loyalty.world import KEYS, enrol

NOBODY, NO_CARD = MemberId("mbr_nobody"), CardId("crd_none")


@pytest.fixture
def card(shop, ada):
    """Ada's card."""
    with shop.look() as tx:
        return member_card(tx, ada, keys=KEYS)


def test_a_card_is_found_however_its_letters_are_typed(shop, ada, card):
    with shop.look() as tx:
        for typed in (card.code, card.grouped, card.code.lower(), f" {card.grouped}\n"):
            assert card_holder(tx, typed, keys=KEYS).member_id == ada


def test_each_way_of_being_no_card_has_its_own_refusal(shop, card):
    mistyped = card.code[:-1] + ("B" if card.code[-1] != "B" else "C")
    unknown = make_code(CodeKind.CARD, b"nobody has")
    voucher = make_code(CodeKind.VOUCHER, b"0123456789")
    with shop.look() as tx:
        for text_, refusal in (
            ("3250390012345", CardNotReadable),
            (voucher.letters, CardNotReadable),
            (mistyped, CardMistyped),
            (unknown.letters, UnknownCard),
        ):
            with pytest.raises(refusal):
                card_holder(tx, text_, keys=KEYS)


def test_a_blocked_card_is_refused_and_stays_blocked(shop, ada, card):
    with shop.begin(actor="test") as tx:
        assert block_card(tx, member_id=ada, card_id=card.card_id).state is CardState.BLOCKED
        assert block_card(tx, member_id=ada, card_id=card.card_id).replayed
        with pytest.raises(CardBlocked):
            card_holder(tx, card.code, keys=KEYS)
        with pytest.raises(CardNotActive):
            replace_card(tx, keys=KEYS, member_id=ada, card_id=card.card_id)
        assert member_card(tx, ada, keys=KEYS).state is CardState.BLOCKED


def test_a_replaced_card_gives_way_to_the_new_one(shop, ada, card):
    with shop.begin(actor="test") as tx:
        new = replace_card(tx, keys=KEYS, member_id=ada, card_id=card.card_id, source="lost:1")
        again = replace_card(tx, keys=KEYS, member_id=ada, card_id=card.card_id, source="lost:1")

        assert again == replace(new, replayed=True)
        assert card_holder(tx, new.code, keys=KEYS).member_id == ada
        with pytest.raises(CardReplaced):
            card_holder(tx, card.code, keys=KEYS)
        with pytest.raises(CardNotActive):
            block_card(tx, member_id=ada, card_id=card.card_id)
        with pytest.raises(CardNotActive):
            replace_card(tx, keys=KEYS, member_id=ada, card_id=card.card_id, source="lost:2")
        assert {one.card_id: one.state for one in cards_of(tx, ada, keys=KEYS)} == {
            card.card_id: CardState.REPLACED,
            new.card_id: CardState.ACTIVE,
        }


def test_a_member_may_have_several_cards(shop, ada, ben, card):
    with shop.begin(actor="test") as tx:
        second = issue_card(tx, keys=KEYS, member_id=ada, source="key-tag:1")

        assert issue_card(tx, keys=KEYS, member_id=ada, source="key-tag:1").replayed
        assert second.code != card.code
        for code in (card.code, second.code):
            assert card_holder(tx, code, keys=KEYS).member_id == ada
        with pytest.raises(SourceReused):
            issue_card(tx, keys=KEYS, member_id=ben, source="key-tag:1")


def test_cards_of_others_cannot_be_touched(shop, ada, ben, card):
    with shop.begin(actor="test") as tx:
        with pytest.raises(UnknownCard):
            block_card(tx, member_id=ben, card_id=card.card_id)
        with pytest.raises(UnknownCard):
            replace_card(tx, keys=KEYS, member_id=ada, card_id=NO_CARD)
        with pytest.raises(UnknownMember):
            issue_card(tx, keys=KEYS, member_id=NOBODY)
        with pytest.raises(UnknownMember):
            member_card(tx, NOBODY, keys=KEYS)


def test_a_blocked_membership_is_told_apart_from_a_blocked_card(shop, ada, card):
    with shop.begin(actor="test") as tx:
        block_member(tx, member_id=ada)
        with pytest.raises(MemberBlocked):
            card_holder(tx, card.code, keys=KEYS)


def test_a_forgotten_card_is_found_by_address_or_number(shop):
    with shop.begin(actor="test") as tx:
        ada = enrol(tx, "Ada", email="ada@example.org", phone="0612345678").member_id

        for typed in ("ADA@example.org", "06 12 34 56 78", "+33612345678"):
            found = holder_by_contact(tx, typed)
            assert (found.member_id, found.card_id) == (ada, None)
        for typed in ("ben@example.org", "0698765432", "hello"):
            with pytest.raises(UnknownCard):
                holder_by_contact(tx, typed)
        assert holder_by_member(tx, ada).display_name == "Ada"
        with pytest.raises(UnknownMember):
            holder_by_member(tx, NOBODY)


def test_the_tables_hold_no_letters(shop, card):
    with shop.look() as tx:
        rows = tx.run(text("SELECT * FROM cards")).all()

    assert card.code not in repr(rows)
