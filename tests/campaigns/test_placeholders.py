"""The closed placeholder language: what it takes, what it refuses, and with which words."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.values import Channel
from campaigns.wording.mistakes import MISTAKE_SLUGS
from campaigns.wording.placeholders import MAX_PLACEHOLDERS, fill, read_text
from campaigns.wording.vocabulary import FILTERS, PLACEHOLDERS, Value
from loyalty.kernel.clock import process_seconds

VALUES: dict[str, Value] = {
    "first_name": "Ada",
    "tier": "Gold",
    "points": 12345,
    "store": "Lyon Bellecour",
    "brand": "Palier",
    "offer": "2 € off coffee",
    "expires": date(2026, 12, 1),
    "card_link": "https://palier.example/app/",
    "offers_link": "https://palier.example/app/offers",
    "preferences_link": "https://palier.example/app/preferences",
}


def read(text, **options):
    return read_text(text, Channel.EMAIL, at_most=20_000, **options)


def said(text, language="en", **values):
    reading = read(text)
    assert reading.mistakes == ()
    return fill(reading.pieces, VALUES | values, language)


def slugs(text, **options):
    return [mistake.slug for mistake in read(text, **options).mistakes]


@pytest.mark.parametrize(
    ("text", "english", "french"),
    [
        ("Hello {first_name|default:you}", "Hello Ada", "Hello Ada"),
        ("{points} points", "12,345 points", "12\u202f345 points"),
        ("{points|plain}", "12345", "12345"),
        ("until {expires|default:soon}", "until 1 December", "until 1er décembre"),
        ("until {expires|date:short|default:soon}", "until 01/12", "until 01/12"),
        ("{tier|upper|default:-}", "GOLD", "GOLD"),
        ("{store|cut:6|default:-}", "Lyon…", "Lyon…"),
        ("{card_link}", "https://palier.example/app/", "https://palier.example/app/"),
        ("50 % & <b>", "50 % & <b>", "50 % & <b>"),
    ],
)
def test_facts_are_written_as_the_reader_expects_them(text, english, french):
    assert said(text, "en") == english
    assert said(text, "fr") == french


def test_an_empty_fact_is_replaced_by_its_default():
    assert said("Hi {first_name|default:you}!", first_name="") == "Hi you!"
    assert said("Hi {first_name|upper|default:you}!", first_name=None) == "Hi you!"
    assert said("{offer|default:}", offer=None) == ""


def test_a_fact_cannot_bring_a_line_break_or_a_direction_mark_into_a_text():
    hostile = "Ada\r\nBcc: all@example.org\u202e\x00x"
    assert said("{first_name|default:x}", first_name=hostile) == "Ada Bcc: all@example.org x"


def test_a_fact_is_never_read_as_a_placeholder():
    assert said("{first_name|default:x}", first_name="{points}") == "{points}"


@pytest.mark.parametrize(
    ("text", "slug", "found", "suggestion"),
    [
        ("Hi {firstname}", "unknown", "{firstname}", "{first_name}"),
        ("Bonjour {prenom}", "unknown", "{prenom}", "{first_name}"),
        ("{carte}", "unknown", "{carte}", "{card_link}"),
        ("{pionts}", "unknown", "{pionts}", "{points}"),
        ("Hi {first_name", "unclosed", "{first_name", "{first_name}"),
        ("Hi {first_name|default:a\nb}", "unclosed", "{first_name|default:a", "{first_name}"),
        ("Hi }", "stray-brace", "}", ""),
        ("{points|upper}", "wrong-filter", "upper", ""),
        ("{points|shout}", "unknown-filter", "shout", ", ".join(FILTERS)),
        ("{first_name|default}", "wrong-argument", "default", "default:…"),
        ("{store|cut:x|default:a}", "wrong-argument", "cut:x", "cut:20"),
        ("{store|cut:999|default:a}", "wrong-argument", "cut:999", "cut:20"),
        ("{expires|date:iso|default:a}", "wrong-argument", "date:iso", "date:short"),
        ("{tier}", "no-default", "{tier}", "{tier|default:…}"),
        ("{sign_in_link}", "unknown", "{sign_in_link}", None),
        ("a\x00b", "stray-letter", "U+0000", ""),
        ("a\u202eb", "stray-letter", "U+202E", ""),
        ("a\ue000b", "stray-letter", "U+E000", ""),
        ("a\ud800b", "stray-letter", "U+D800", ""),
    ],
)
def test_a_mistake_says_what_where_and_what_instead(text, slug, found, suggestion):
    mistake = read(text).mistakes[0]
    assert (mistake.slug, mistake.found) == (slug, found)
    assert suggestion is None or mistake.suggestion == suggestion
    assert str(mistake).startswith("line ")


def test_the_place_of_a_mistake_is_counted_in_lines_and_columns():
    mistake = read("Hello,\n\nyour {solde} points").mistakes[0]
    assert (mistake.position, mistake.line, mistake.column) == (13, 3, 6)


def test_too_long_too_many_and_too_nested_are_refused():
    assert slugs("x" * 20_001) == ["too-long"]
    assert slugs("{points}" * (MAX_PLACEHOLDERS + 1)) == ["too-many"]
    assert slugs("{points" + "|plain" * 5 + "}") == ["too-many-filters"]
    assert slugs("a\nb", one_line=True) == ["line-break"]


PROBES = (
    "{{7*7}}",
    "{7*7}",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "{%for a in range(10**9)%}{%endfor%}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{config}}",
    "{first_name.__class__}",
    "{first_name!r}",
    "{first_name:>1000000}",
    "{0}",
    "{}",
    "{first_name|attr:__class__}",
    "{first_name|default:{points}}",
    "{{ 'a'*10**9 }}",
    "${T(java.lang.Runtime).getRuntime().exec('id')}",
    "<#assign x='freemarker.template.utility.Execute'?new()>${x('id')}",
    "%(first_name)s",
    "$first_name",
    "{env.SECRET_KEY}",
    '{{ env "SECRET_KEY" }}',
    "{settings}",
    "{first_name|upper|upper|upper|upper|upper}",
    "{" * 300,
    "}" * 300,
    "{first_name|" + "a" * 400 + "}",
)
WRAPPERS = (
    "{}",
    "Hello {}",
    "{}\n{}",
    "# {}",
    "**{}**",
    "[x]({})",
    "- {}",
    "{{{}}}",
    "a{}b{}c",
    "é{}",
)
CASES: tuple[Callable[[str], str], ...] = (
    str,
    str.upper,
    lambda text: text.replace("{", "{ "),
    lambda text: text[::-1],
)
PAYLOADS = [
    wrapper.replace("{}", change(probe))
    for probe, wrapper, change in itertools.product(PROBES, WRAPPERS, CASES)
]


def test_a_thousand_hostile_texts_are_refused_or_printed_as_they_are():
    assert len(PAYLOADS) >= 500
    refused = 0
    for payload in PAYLOADS:
        started = process_seconds()
        reading = read(payload)
        assert process_seconds() - started < 0.1
        assert all(mistake.slug in MISTAKE_SLUGS for mistake in reading.mistakes)
        if reading.mistakes:
            refused += 1
            continue
        out = fill(reading.pieces, VALUES, "en")
        assert len(out) <= len(payload) + 100
        assert "49" not in out
        assert "SECRET" not in out.replace(payload, "")
    assert refused > len(PAYLOADS) // 2


@given(st.text(alphabet=st.sampled_from("{}|: \n*[]()#-aé€first_namepoints.\u202e"), max_size=400))
def test_any_text_is_read_in_one_piece_or_refused(text):
    reading = read(text)
    if not reading.mistakes:
        nothing: dict[str, Value] = dict.fromkeys(PLACEHOLDERS, "")
        rebuilt = fill(reading.pieces, nothing, "en")
        assert len(rebuilt) <= len(text)
