from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from loyalty.cards import ALPHABET, CodeKind, Mistyped, NotACode, make_code, read_code
from pos_adapter.wedge import Scan, ScanKind, ean_ok, layouts, read_scan
from tests.pos_adapter.vectors import CARD, SPREAD, arrived, keys_of, vectors


def check_letters(code):
    try:
        read_code(code)
    except (NotACode, Mistyped):
        return False
    return True


@pytest.mark.parametrize("vector", vectors(), ids=lambda v: f"{v.kind}-{v.typed}"[:40])
def test_a_scan_is_read_whatever_the_layout_made_of_it(vector):
    scan = read_scan(vector.typed, check_letters, keys=vector.keys)

    assert (scan.kind.value, scan.code) == (vector.kind, vector.code)


@given(st.binary(min_size=10, max_size=10), st.sampled_from(sorted(layouts())))
def test_every_card_survives_every_layout(payload, layout):
    code = make_code(CodeKind.CARD, payload).letters

    assert read_scan(arrived(code, layout), check_letters).code == code


@given(st.integers(0, 10**12 - 1), st.sampled_from(sorted(layouts())))
def test_every_article_number_survives_every_layout(number, layout):
    body = f"{number:012d}"
    assume(len(set(body)) > 4)  # 000... on one layout is 888... on another: nobody can tell
    check = next(d for d in "0123456789" if ean_ok(body + d))

    scan = read_scan(arrived(body + check, layout), check_letters)

    assert scan == Scan(ScanKind.EAN, body + check, scan.layout)


@given(st.text(max_size=300), st.lists(st.text(max_size=12), max_size=40))
def test_no_text_breaks_it(typed, keys):
    scan = read_scan(typed, check_letters, keys=keys)

    assert scan.kind in ScanKind


def test_a_scanner_that_is_set_up_right_is_taken_at_its_word():
    assert read_scan(SPREAD, check_letters, keys=keys_of("9638507400000")).code == SPREAD
    assert read_scan(SPREAD, check_letters).layout == "typed"


def test_the_layout_that_was_right_is_named():
    assert read_scan('"à&è-éà\'ééàà"', check_letters).layout == "fr"
    assert read_scan('"à&è§éà\'ééàà"', check_letters).layout == "be"


def test_a_damaged_card_is_not_repaired_into_another_one():
    """One letter changed, or two neighbours exchanged: the check letters notice every time."""
    changed = {
        CARD[:i] + letter + CARD[i + 1 :]
        for i in range(1, 23)
        for letter in ALPHABET
        if letter != CARD[i]
    }
    swapped = {
        CARD[: i + 1] + b + a + CARD[i + 3 :]
        for i, (a, b) in enumerate(pairwise(CARD[1:]))
        if a != b
    }

    kinds = {read_scan(code, check_letters).kind for code in changed | swapped}

    assert len(changed | swapped) > 300
    assert kinds == {ScanKind.TEXT}


@pytest.mark.parametrize(
    ("digits", "right"),
    [
        ("3017620422003", True),
        ("3017620422004", False),
        ("96385074", True),
        ("036000291452", True),
        ("13017620422000", True),
        ("301762042200", False),
        ("٣٠١٧٦٢٠٤٢٢٠٠٣", False),
        ("", False),
    ],
)
def test_the_check_digit_decides(digits, right):
    assert ean_ok(digits) is right
