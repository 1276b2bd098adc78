"""From a marketer's text to a letter: marks, links, escaping, and the words of an SMS."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.content import Content, check_content, read_content
from campaigns.house_letters import LETTERS
from campaigns.letters import prepare
from campaigns.values import Channel, Lane
from campaigns.wording.frame import Frame
from campaigns.wording.mistakes import MISTAKE_SLUGS
from tests.campaigns.test_placeholders import VALUES

FRAME = Frame(Lane.MARKETING, "Palier", "STOP 36180")
LINKS = {"unsubscribe_link": "https://palier.example/u?a=1&b=2"}
SECRET = "https://palier.example/app/enter?token=abc"
EMAIL = frozenset({Channel.EMAIL})


class Reader(HTMLParser):
    """Collects the elements and attributes of a letter; trips over what is not closed."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.stack = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in {"meta", "br"}:
            self.stack.append(tag)

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag


def letter(body, language="en", **values):
    content = read_content({"subject": "Hello", "body": body})
    assert check_content(content, EMAIL) == {}
    ready = prepare(content, language, FRAME).letter
    assert ready is not None
    return ready.write({**VALUES, **LINKS, **values})


@pytest.mark.parametrize(
    ("body", "html", "text"),
    [
        ("# Hi", ">Hi</h1>", "\nHi\n"),
        ("**bold** move", "<strong>bold</strong> move", "bold move"),
        ("- one\n- two", "<li", "- one\n- two"),
        ("a\nb", "a<br>\nb</p>", "a\nb"),
        ("see [this](https://a.example/x?y=1&z=2) now", 'href="https://a.example/x?y=1&amp;z=2"',
         "see this: https://a.example/x?y=1&z=2 now"),
        ("[Go]({card_link})", 'href="https://palier.example/app/"', "Go: https://palier.example/"),
        ("{card_link}", ">https://palier.example/app/</a>", "https://palier.example/app/"),
        ('1 < 2 & "so"', "1 &lt; 2 &amp; &quot;so&quot;", '1 < 2 & "so"'),
        ("<script>alert(1)</script>", "&lt;script&gt;", "<script>alert(1)</script>"),
        ("[us](mailto:a@b.example)", 'href="mailto:a@b.example"', "us: mailto:a@b.example"),
    ],
)  # fmt: skip
def test_each_mark_in_both_parts(body, html, text):
    written = letter(body)
    assert html in written.html
    assert text in written.text


@pytest.mark.parametrize(
    "target",
    ["javascript:alert`1`", "http://plain.example", "//evil.example", "/app", "data:text/html,x",
     "{points}", "{first_name|default:x}", "https://a.example/{first_name|default:x}"],
)  # fmt: skip
def test_a_link_that_leads_nowhere_good_is_refused(target):
    content = Content(subject="x", body=f"[go]({target})")
    assert [one.slug for one in check_content(content, EMAIL)["body"]] == ["wrong-link"]


def test_a_name_full_of_markup_stays_a_name():
    hostile = '"><img src=x onerror=alert(1)>**x**[y](https://evil.example)'
    written = letter("Hello {first_name|default:you}, [card]({card_link})", first_name=hostile)
    read = Reader(written.html)
    assert "img" not in read.tags
    assert "strong" not in read.tags
    assert {value for name, value in read.attributes if name == "href"} == {
        "https://palier.example/app/",
        "https://palier.example/u?a=1&b=2",
        "https://palier.example/app/preferences",
    }


@given(st.text(alphabet=st.sampled_from("#-*[]()<>&\"'{}| \nhttps:/é😀ab"), max_size=300))
def test_whatever_passes_the_check_becomes_well_formed_html(body):
    content = read_content({"subject": "x", "body": body})
    mistakes = check_content(content, frozenset())
    assert {one.slug for wrong in mistakes.values() for one in wrong} <= MISTAKE_SLUGS
    if mistakes or not content.says(Channel.EMAIL):
        return
    ready = prepare(content, "fr", FRAME).letter
    assert ready is not None
    read = Reader(ready.write({**VALUES, **LINKS}).html)
    assert read.stack == []
    assert set(read.tags) <= {
        *("html", "head", "meta", "title", "body", "table", "tr", "td", "div"),
        *("h1", "p", "br", "ul", "li", "strong", "a"),
    }
    assert not [name for name, _ in read.attributes if name.startswith("on")]


def test_french_binds_its_punctuation_and_english_does_not():
    assert "Prête\u00a0?" in letter("Prête ?", "fr").html
    assert "Ready ?" in letter("Ready ?", "en").html


def test_marketing_shows_the_way_out_and_a_letter_of_the_house_has_none():
    assert "https://palier.example/u?a=1&amp;b=2" in letter("Hi").html
    assert "https://palier.example/u?a=1&b=2" in letter("Hi").text
    house = prepare(
        Content(subject="x", body="y"), "en", Frame(Lane.TRANSACTIONAL, "Palier")
    ).letter
    assert house is not None
    assert "nsubscribe" not in house.write(VALUES).html


def test_an_sms_says_how_to_stop_and_a_name_does_not_double_its_price():
    ready = prepare(Content(sms="{first_name|default:x}, {points} pts"), "fr", FRAME).sms
    assert ready is not None
    assert ready.write({**VALUES, "first_name": "Zoë"}) == "Zoe, 12 345 pts STOP 36180"
    dear = prepare(Content(sms="{first_name|default:x} bientôt"), "fr", FRAME).sms
    assert dear is not None
    assert dear.write({**VALUES, "first_name": "Zoë"}) == "Zoë bientôt STOP 36180"


def test_a_long_text_is_refused_field_by_field():
    content = Content(subject="x" * 151, preheader="x" * 151, body="x" * 20_001, sms="é" * 901)
    assert set(check_content(content, EMAIL)) == {"subject", "preheader", "body", "sms"}
    too_dear = check_content(Content(sms="😀" * 240), frozenset())
    assert [one.slug for one in too_dear["sms"]] == ["too-many-parts"]
    assert [one.slug for one in check_content(Content(), EMAIL)["body"]] == ["missing"]


def test_a_subject_stays_on_one_line():
    wrong = check_content(Content(subject="a\nBcc: x@y.example", body="b"), EMAIL)
    assert [one.slug for one in wrong["subject"]] == ["line-break"]


@pytest.mark.parametrize("name", LETTERS)
def test_the_letters_of_the_house_are_right_in_both_languages(name):
    values = {**VALUES, "sign_in_link": SECRET}
    assert set(LETTERS[name]) == {"fr", "en"}
    for language, content in LETTERS[name].items():
        ready = prepare(content, language, Frame(Lane.TRANSACTIONAL, "Palier")).letter
        assert ready is not None
        written = ready.write(values)
        assert not re.search(r"[][{}]", written.html + written.text + written.subject)
        assert (SECRET in written.html) == (name == "sign-in")
        assert (SECRET in written.text) == (name == "sign-in")
