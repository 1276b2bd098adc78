"""Names, addresses and numbers in one form, so that one person is one member."""

from __future__ import annotations

import pytest

from loyalty.identity import (
    NotAName,
    NotAnEmail,
    NotAPhone,
    clean_email,
    clean_name,
    clean_phone,
    display_name,
    email_key,
    name_key,
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ada \t Marie ", "Ada Marie"),
        ("Zoe\u0308", "Zoë"),
        ("\u202eevil\u202c", "evil"),
        ("A\u200bda\x00", "Ada"),
        ("O’Neil-Dupré", "O’Neil-Dupré"),
    ],
)
def test_a_name_is_what_can_be_seen_of_it(typed, kept):
    assert clean_name(typed) == kept


@pytest.mark.parametrize("typed", ["", "   ", "\u202e\u200b", "x" * 81])
def test_what_cannot_be_a_name_is_refused(typed):
    with pytest.raises(NotAName):
        clean_name(typed)


def test_names_are_found_without_accents_and_case():
    assert name_key("Éloïse") == name_key("ELOISE") == "eloise"
    assert name_key("Straße") == "strasse"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Ada.Lovelace@Example.ORG ", "Ada.Lovelace@example.org"),
        ("a+b@sub.example.fr", "a+b@sub.example.fr"),
        ("élodie@exämple.fr", "élodie@exämple.fr"),
    ],
)
def test_an_address_keeps_its_mailbox_and_lowers_its_domain(typed, kept):
    assert clean_email(typed) == kept


def test_two_spellings_of_an_address_are_the_same_person():
    assert email_key(clean_email("ADA@example.org")) == email_key(clean_email("ada@EXAMPLE.org"))


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ada",
        "ada@",
        "@example.org",
        "ada@example",
        "ada@exa mple.org",
        "a..b@example.org",
        ".a@example.org",
        "a@b@example.org",
        "ada@-x.org",
        "ada@example.org\nBcc: all@example.org",
        "ada\u200b@example.org",
        "<ada@example.org>",
        "x" * 65 + "@example.org",
        "a@" + "x" * 64 + ".org",
        "a@" + "x." * 126 + "org",
    ],
)
def test_what_cannot_be_an_address_is_refused(typed):
    with pytest.raises(NotAnEmail):
        clean_email(typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("06 12 34 56 78", "+33612345678"),
        ("+33 6 12 34 56 78", "+33612345678"),
        ("0033612345678", "+33612345678"),
        ("+32 470 12 34 56", "+32470123456"),
    ],
)
def test_a_number_is_kept_in_e164(typed, kept):
    assert clean_phone(typed) == kept


@pytest.mark.parametrize("typed", ["", "12", "06 12", "hello", "+33 0 00", "+999 123456789"])
def test_what_cannot_be_dialled_is_refused(typed):
    with pytest.raises(NotAPhone):
        clean_phone(typed)


def test_a_till_shows_a_first_name_and_an_initial():
    assert display_name("Ada", "lovelace") == "Ada L."
    assert display_name("Ada", "") == "Ada"
