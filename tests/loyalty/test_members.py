"""Becoming a member, and being known rightly."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date

import pytest

from loyalty.commands import (
    block_member,
    correct_identity,
    earn_points,
    enrol_member,
    note_contact,
    set_language,
    unblock_member,
)
from loyalty.errors import (
    EmailTaken,
    InvalidIdentity,
    MemberBlocked,
    NoProgramme,
    PhoneTaken,
    SourceReused,
    UnknownMember,
)
from loyalty.queries import (
    balance,
    card_holder,
    consents_of,
    contact_of,
    member_by_email,
    member_by_phone,
    member_name,
    membership,
    tier_progress,
)
from loyalty.values import Channel, ConsentGiven, Identity, MemberId, Purpose
from tests.loyalty.world import KEYS, enrol

ADA = Identity("Ada", "Lovelace", "Ada@Example.org", "06 12 34 56 78", date(1990, 3, 6))
NOBODY = MemberId("mbr_nobody")


def join(tx, identity, **facts):
    asked = {"channel": Channel.POSTER, "language": "fr"} | facts
    return enrol_member(tx, keys=KEYS, identity=identity, **asked)


def test_a_new_member_has_a_card_a_wallet_and_the_lowest_level(shop):
    with shop.begin(actor="test") as tx:
        ada = join(tx, ADA)

        holder = card_holder(tx, ada.code, keys=KEYS)
        assert (holder.member_id, holder.card_id) == (ada.member_id, ada.card_id)
        assert (holder.display_name, holder.level, holder.balance) == ("Ada L.", "base", 0)
        assert balance(tx, ada.member_id).available == 0
        assert tier_progress(tx, ada.member_id).to_next_minor == 300_000
        assert member_name(tx, ada.member_id) == replace(
            ADA, email="Ada@example.org", phone="+33612345678"
        )


def test_a_name_alone_is_enough(shop):
    with shop.begin(actor="test") as tx:
        ben = join(tx, Identity("Ben"))

        contact = contact_of(tx, ben.member_id)
        assert contact is not None
        assert (contact.email, contact.phone, contact.consents) == (None, None, frozenset())


def test_consents_given_at_enrolment_are_in_force(shop):
    said = ConsentGiven(
        purpose=Purpose.EMAIL_MARKETING,
        granted=True,
        wording="I agree to e-mail.",
        wording_version=1,
        language="en",
    )
    with shop.begin(actor="test") as tx:
        ada = join(tx, ADA, consents=[said])

        assert consents_of(tx, ada.member_id)[Purpose.EMAIL_MARKETING].granted


@pytest.mark.parametrize(
    ("other", "refusal"),
    [
        (Identity("Mallory", email="ADA@EXAMPLE.ORG"), EmailTaken),
        (Identity("Mallory", phone="+33 6 12 34 56 78"), PhoneTaken),
    ],
)
def test_two_members_never_share_an_address_or_a_number(shop, other, refusal):
    with shop.begin(actor="test") as tx:
        join(tx, ADA)
        with pytest.raises(refusal):
            join(tx, other)


def test_members_who_gave_no_number_or_no_address_are_many(shop):
    with shop.begin(actor="test") as tx:
        join(tx, Identity("Ada", email="ada@example.org"))
        join(tx, Identity("Ben", email="ben@example.org"))
        join(tx, Identity("Eve", phone="0612345678"))
        join(tx, Identity("Dan", phone="0612345679"))
        join(tx, Identity("Flo"))


@pytest.mark.parametrize(
    ("identity", "field"),
    [
        (Identity("\u202e"), "given_name"),
        (Identity("Ada", "x" * 81), "family_name"),
        (Identity("Ada", email="nowhere"), "email"),
        (Identity("Ada", phone="12"), "phone"),
        (Identity("Ada", born_on=date(1890, 1, 1)), "born_on"),
        (Identity("Ada", born_on=date(2027, 1, 1)), "born_on"),
    ],
)
def test_what_cannot_be_right_is_named(shop, identity, field):
    with shop.begin(actor="test") as tx, pytest.raises(InvalidIdentity) as refused:
        join(tx, identity)

    assert refused.value.field == field


def test_a_repeated_enrolment_enrols_once(shop):
    with shop.begin(actor="test") as tx:
        first = join(tx, ADA, source="poster:1")
    with shop.begin(actor="test") as tx:
        assert join(tx, ADA, source="poster:1") == replace(first, replayed=True)
        with pytest.raises(SourceReused):
            join(tx, Identity("Ben"), source="poster:1")


def test_nobody_enrols_before_a_programme_is_published(database):
    with database.begin(actor="test") as tx, pytest.raises(NoProgramme):
        join(tx, ADA)


def test_of_two_who_join_at_once_with_one_address_one_is_refused(shop):
    """Both look before either has written: the constraint decides, politely."""
    outcomes: list[str] = []

    def try_to_join():
        try:
            with shop.begin(actor="test") as tx:
                join(tx, ADA)
            outcomes.append("in")
        except (EmailTaken, PhoneTaken):
            outcomes.append("refused")

    threads = [threading.Thread(target=try_to_join) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["in", "refused", "refused", "refused"]


def test_one_request_sent_four_times_at_once_enrols_once(shop):
    found: list[tuple[str, bool]] = []

    def send():
        with shop.begin(actor="test") as tx:
            done = join(tx, ADA, source="poster:1")
        found.append((done.code, done.replayed))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({code for code, _ in found}) == 1
    assert sorted(replayed for _, replayed in found) == [False, True, True, True]


def test_what_is_known_can_be_corrected_but_not_to_somebody_elses(shop, ben):
    with shop.begin(actor="test") as tx:
        ada = join(tx, ADA).member_id
        now = correct_identity(tx, member_id=ada, identity=replace(ADA, family_name="King"))

        assert now.family_name == member_name(tx, ada).family_name == "King"
        with pytest.raises(EmailTaken):
            correct_identity(tx, member_id=ben, identity=Identity("Ben", email="ada@example.org"))
        with pytest.raises(InvalidIdentity):
            correct_identity(tx, member_id=ben, identity=Identity(""))
        with pytest.raises(UnknownMember):
            correct_identity(tx, member_id=NOBODY, identity=Identity("No"))


def test_members_are_found_by_address_and_number(shop):
    with shop.begin(actor="test") as tx:
        ada = join(tx, ADA).member_id

        assert member_by_email(tx, "ada@EXAMPLE.org") == ada
        assert member_by_phone(tx, "+33612345678") == ada
        assert member_by_email(tx, "nobody@example.org") is None
        assert member_by_email(tx, "not an address") is None
        assert member_by_phone(tx, "12") is None


def test_a_blocked_member_neither_earns_nor_is_served(shop, ada):
    with shop.begin(actor="test") as tx:
        block_member(tx, member_id=ada)
        block_member(tx, member_id=ada)

        assert membership(tx, ada).is_blocked
        with pytest.raises(MemberBlocked):
            earn_points(tx, member_id=ada, points=1, source="x")
        unblock_member(tx, member_id=ada)
        assert earn_points(tx, member_id=ada, points=1, source="x").balance == 1


def test_language_and_contact_are_remembered(shop, ada, clock):
    clock.move(to=clock().replace(year=2027))
    with shop.begin(actor="test") as tx:
        set_language(tx, member_id=ada, language="fr")
        note_contact(tx, member_id=ada)

        assert membership(tx, ada).language == "fr"
        with pytest.raises(UnknownMember):
            set_language(tx, member_id=NOBODY, language="fr")
        with pytest.raises(UnknownMember):
            block_member(tx, member_id=NOBODY)


def test_the_programme_s_day_decides_when_somebody_joined(shop, clock):
    """Half past eleven at night in UTC is the next morning in Paris."""
    clock.move(to=clock().replace(hour=23, minute=30))
    with shop.begin(actor="test") as tx:
        assert membership(tx, enrol(tx, "Eve").member_id).joined_on == date(2026, 3, 11)
