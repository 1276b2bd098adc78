"""How long an SMS is and what it costs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.wording.gsm import GSM_BASIC, GSM_EXTENSION, sms_size, to_gsm

EMOJI = "😀"


@pytest.mark.parametrize(
    ("text", "alphabet", "units", "parts", "left"),
    [
        ("", "gsm", 0, 1, 160),
        ("a" * 160, "gsm", 160, 1, 0),
        ("a" * 161, "gsm", 161, 2, 145),
        ("a" * 306, "gsm", 306, 2, 0),
        ("a" * 307, "gsm", 307, 3, 152),
        ("a" * 459, "gsm", 459, 3, 0),
        ("a" * 460, "gsm", 460, 4, 152),
        ("€" * 80, "gsm", 160, 1, 0),
        ("€" * 81, "gsm", 162, 2, 143),  # 76 of them fill 152 places: the 77th is not split
        ("a" * 159 + "€", "gsm", 161, 2, 145),
        ("a" * 152 + "€" + "a" * 7, "gsm", 161, 2, 144),
        ("Déjà 1 250 points, à très bientôt".replace("ô", "o"), "gsm", 33, 1, 127),
        ("où êtes-vous", "ucs2", 12, 1, 58),
        ("ê" * 70, "ucs2", 70, 1, 0),
        ("ê" * 71, "ucs2", 71, 2, 63),
        ("ê" * 134, "ucs2", 134, 2, 0),
        ("ê" * 135, "ucs2", 135, 3, 66),
        (EMOJI * 35, "ucs2", 70, 1, 0),
        (EMOJI * 36, "ucs2", 72, 2, 61),  # 33 pairs fill 66 of 67 places
        ("a" * 66 + EMOJI + "aaa", "ucs2", 71, 2, 62),
        ("l’été", "ucs2", 5, 1, 65),
        ("Noël", "ucs2", 4, 1, 66),
        ("cœur", "ucs2", 4, 1, 66),
        ("ça", "ucs2", 2, 1, 68),
        ("Ça va", "gsm", 5, 1, 155),
        ("« Gold »", "ucs2", 8, 1, 62),
        ("[Gold] {1}~^|\\", "gsm", 22, 1, 138),
    ],
)
def test_the_table_of_lengths(text, alphabet, units, parts, left):
    size = sms_size(text)
    assert (size.alphabet, size.units, size.parts, size.left) == (alphabet, units, parts, left)


@pytest.mark.parametrize("letter", "àèéùÇÉÆæØøÅåÄÖÑÜäöñüß€£§")
def test_letters_that_stay_in_the_alphabet(letter):
    assert sms_size(letter).culprits == ()


@pytest.mark.parametrize("letter", "çêâîôûëïÿœÀÊ’“”«»–—…\u00a0\u202f😀")
def test_letters_that_double_the_price(letter):
    assert sms_size(f"a{letter}b{letter}").culprits == (letter,)


def test_an_innocent_hundred_letters_cost_two_parts_until_mended():
    text = "Vos 250 points expirent bientôt, profitez-en… Rendez-vous en magasin avant fin mars."
    assert sms_size(text).parts == 2
    assert sms_size(to_gsm(text)).parts == 1


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("l’été à Besançon", "l'été à Besancon"),
        ("«\u00a0Gold\u00a0»", '"Gold"'),
        ("«Gold»", '"Gold"'),
        ("cœur, Œuf, naïf, Zoë, forêt, où", "coeur, OEuf, naif, Zoe, foret, où"),
        ("12\u202f500 pts – vite…", "12 500 pts - vite..."),
        ("e\u0301te\u0301", "été"),
        ("ŁÓDŹ", "LODZ"),
        ("bravo 😀", "bravo 😀"),
        ("Жанна", "Жанна"),
    ],
)
def test_mending_keeps_what_the_alphabet_has_and_finds_the_nearest_letter(text, mended):
    assert to_gsm(text) == mended


@given(st.text(alphabet=st.sampled_from(sorted(GSM_BASIC | GSM_EXTENSION)), max_size=500))
def test_parts_hold_every_letter_and_none_is_split(text):
    size = sms_size(text)
    assert size.units == sum(2 if letter in GSM_EXTENSION else 1 for letter in text)
    assert size.parts == 1 or size.parts * 153 >= size.units
    assert size.parts == 1 or (size.parts - 1) * 152 < size.units
    assert to_gsm(text) == text
