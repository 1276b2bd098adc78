"""Surveys: asked of whom they mean, answered once, paid by a rule; erasing takes the words away."""

from __future__ import annotations

import pytest

from loyalty.commands import answer_survey, erase_member, publish_programme, publish_survey
from loyalty.errors import AnswerUnclear, SurveyNotForYou, SurveyRefused
from loyalty.presets import preset_document
from loyalty.queries import holder_by_member, verify_books
from loyalty.queries.surveys import open_surveys, results_of, surveys
from loyalty.surveys import promoters_of
from loyalty.values import SCRATCH

TEXT = """\
id: march
name: {fr: Votre avis, en: Your opinion of March}
from: 2026-03-01
until: 2026-03-31
questions:
  - {id: again, asks: nps, text: {fr: Nous recommander ?, en: Would you recommend us?}}
  - {id: queue, asks: scale, text: How was the queue?, top: 5}
  - {id: aisle, asks: choice, text: Which aisle?, choices: [bakery, tea]}
  - {id: words, asks: text, text: Anything else?, needed: false}
"""
GIVEN = {"again": "9", "queue": "4", "aisle": "tea", "words": "<b>Nice</b> people"}


def test_the_score_is_percent_promoters_less_percent_detractors():
    assert promoters_of([10, 9, 8, 7, 6, 0]).score == 0
    assert promoters_of([10, 10, 8]).score == 67
    assert promoters_of([0, 10, 3]).score == -33
    assert (promoters_of([]).score, promoters_of([]).sample) == (None, 0)


def test_answering_earns_once_and_erasing_takes_the_words_away(shop, ben):
    base = preset_document("three-tier-grocer")
    rule = {"id": "asked", "points": 20, "per": "event", "event": "survey"}
    with shop.begin(actor="test") as tx:
        publish_programme(tx, document=base | {"earn": [*base["earn"], rule]}, proof=SCRATCH)
        publish_survey(tx, text=TEXT)
        before = holder_by_member(tx, ben).balance
        with pytest.raises(AnswerUnclear):
            answer_survey(tx, member_id=ben, survey_id="march", given={"again": "11"})
        answer_survey(tx, member_id=ben, survey_id="march", given=GIVEN)
        assert holder_by_member(tx, ben).balance == before + 20
        with pytest.raises(SurveyNotForYou):
            answer_survey(tx, member_id=ben, survey_id="march", given=GIVEN)
        assert open_surveys(tx, ben) == ()
        erase_member(tx, member_id=ben, reason="asked")
        [survey] = surveys(tx)
        score, queue, _, words = results_of(tx, survey)
        assert score.promoters is not None
        assert (score.promoters.score, score.promoters.sample) == (100, 1)
        assert (queue.counts, words.words) == ((), ())
        assert verify_books(tx) == ()


def test_only_who_is_meant_is_asked(shop, ben):
    narrow = TEXT.replace("id: march", "id: narrow", 1) + "after_purchase_days: 1\ntier: [gold]\n"
    with shop.begin(actor="test") as tx:
        publish_survey(tx, text=narrow)
        assert open_surveys(tx, ben) == ()
        with pytest.raises(SurveyRefused):
            publish_survey(tx, text=narrow)
        with pytest.raises(SurveyRefused):
            publish_survey(tx, text=TEXT.replace("asks: nps", "asks: smile"))
