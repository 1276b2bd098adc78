"""The words of a consent never change under their number."""

from __future__ import annotations

import hashlib

import pytest

from loyalty.kernel.i18n import LANGUAGES
from loyalty.values import Purpose
from loyalty.wordings import consent_wording, consent_wordings

PUBLISHED = {
    ("email-marketing", 1, "en"): "5746826561826722",
    ("email-marketing", 1, "fr"): "472a38865723cec4",
    ("sms-marketing", 1, "en"): "7a3ffef53b988795",
    ("sms-marketing", 1, "fr"): "731e9011adec11b7",
    ("personal-offers", 1, "en"): "647be9f4698bccc6",
    ("personal-offers", 1, "fr"): "040270d45c0a5be0",
}
"""The first letters of the SHA-256 of every sentence that was ever shown to anybody."""


def _every():
    return [one for language in LANGUAGES for one in consent_wordings(language, brand="B")]


@pytest.mark.parametrize("wording", _every(), ids=lambda one: f"{one.purpose}-{one.language}")
def test_a_published_sentence_stays_as_it_was(wording):
    key = (wording.purpose.value, wording.version, wording.language)
    printed = hashlib.sha256(wording.text.encode()).hexdigest()[:16]
    assert PUBLISHED.get(key) == printed, "give changed words the next number, and add them here"


def test_every_purpose_is_worded_in_every_language():
    for language in LANGUAGES:
        worded = [one.purpose for one in consent_wordings(language, brand="B")]
        assert sorted(worded) == sorted(Purpose)


@pytest.mark.parametrize("purpose", list(Purpose))
def test_the_sentence_names_who_asks(purpose):
    for language in LANGUAGES:
        assert "Les Halles" in consent_wording(purpose, language, brand="Les Halles").text


def test_an_answer_carries_the_words_it_answers():
    wording = consent_wording(Purpose.SMS_MARKETING, "fr", brand="Les Halles")
    given = wording.given(granted=True)
    assert (given.purpose, given.granted) == (Purpose.SMS_MARKETING, True)
    assert (given.wording, given.wording_version) == (wording.text, wording.version)
    assert given.language == "fr"
