"""The letters on a card: short, safe on every keyboard, and wrong when one of them is."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.cards import (
    ALPHABET,
    PAYLOAD_BYTES,
    Code,
    CodeKind,
    Mistyped,
    NotACode,
    code_ok,
    make_code,
    read_code,
)
from loyalty.codes import code_of, lookup_of
from loyalty.kernel.signing import Keys

KNOWN = make_code(CodeKind.CARD, bytes(range(10)))
codes = st.sampled_from(CodeKind).flatmap(
    lambda kind: st.binary(min_size=PAYLOAD_BYTES[kind], max_size=PAYLOAD_BYTES[kind]).map(
        lambda payload: Code(kind, payload)
    )
)


def test_a_known_payload_has_these_letters():
    """Other readers (the till's page, wallets) are checked against the same letters."""
    assert KNOWN.letters == "CBBBCBDBFBGBHBJBKBLBNNP"
    assert KNOWN.grouped == "CBBB CBDB FBGB HBJB KBLB NNP"


def test_a_printed_code_has_23_letters_and_a_drawn_one_35():
    lengths = {
        kind: len(make_code(kind, bytes(size)).letters) for kind, size in PAYLOAD_BYTES.items()
    }

    assert lengths == {
        CodeKind.CARD: 23,
        CodeKind.VOUCHER: 23,
        CodeKind.ROTATING: 35,
        CodeKind.RECEIPT: 35,
    }


def test_the_check_letters_are_the_remainder_of_a_division():
    """CRC-8 worked out the slow way: long division of the letters' bits by x^8 + x^2 + x + 1."""
    number = 0
    for letter in KNOWN.letters[:-2]:
        number = number << 4 | ALPHABET.index(letter)
    rest = number << 8
    for bit in range(rest.bit_length() - 1, 7, -1):
        if rest >> bit & 1:
            rest ^= 0x107 << bit - 8

    assert KNOWN.letters[-2:] == ALPHABET[rest >> 4] + ALPHABET[rest & 15]


@given(code=codes)
def test_what_is_spelled_is_read_again(code):
    assert read_code(code.letters) == code
    assert set(code.letters[1:]) <= set(ALPHABET)


@given(code=codes)
def test_case_spaces_and_hyphens_do_not_matter(code):
    assert read_code(code.grouped.lower()) == code
    assert read_code(f" {code.grouped.replace(' ', '-')}\r\n") == code
    assert read_code(code.grouped.replace(" ", "\u00a0")) == code


def test_every_single_wrong_letter_is_noticed():
    letters = KNOWN.letters
    for place, letter in itertools.product(range(1, len(letters)), ALPHABET):
        if letter != letters[place]:
            with pytest.raises(Mistyped):
                read_code(letters[:place] + letter + letters[place + 1 :])


def test_every_swap_of_two_neighbours_is_noticed():
    letters = KNOWN.letters
    for place in range(1, len(letters) - 1):
        one, two = letters[place], letters[place + 1]
        if one != two:
            with pytest.raises(Mistyped):
                read_code(letters[:place] + two + one + letters[place + 2 :])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "3250390012345",
        KNOWN.letters[:-1],
        KNOWN.letters + "B",
        KNOWN.letters.replace("C", "A", 1),
        "Q" + KNOWN.letters[1:],
        "https://example.org/card",
        "C" * 500,
        KNOWN.letters[:5] + "É" + KNOWN.letters[6:],
    ],
)
def test_what_is_not_a_code_is_told_apart_from_a_mistyped_one(text):
    with pytest.raises(NotACode):
        read_code(text)
    assert not code_ok(text)


def test_one_kind_never_reads_as_another():
    voucher = make_code(CodeKind.VOUCHER, bytes(range(10)))

    with pytest.raises(Mistyped):
        read_code("C" + voucher.letters[1:])


def test_a_stolen_table_prints_no_card():
    """The letters need the key; so does finding a card by its letters."""
    ours, theirs = Keys("ours" * 12), Keys("theirs" * 8)
    code = code_of(ours, CodeKind.CARD, "crd_1")

    assert code == code_of(ours, CodeKind.CARD, "crd_1")
    assert code != code_of(theirs, CodeKind.CARD, "crd_1")
    assert code.payload != code_of(ours, CodeKind.VOUCHER, "crd_1").payload
    assert lookup_of(ours, code) != lookup_of(theirs, code)
    assert code.letters not in lookup_of(ours, code)
