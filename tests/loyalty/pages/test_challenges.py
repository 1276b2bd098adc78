"""Challenges on the phone and over the wire."""

from __future__ import annotations

from loyalty.commands import publish_programme
from loyalty.presets import preset_document
from loyalty.values import SCRATCH
from tests.loyalty.test_challenges import LOAVES


def test_a_member_sees_how_far_she_is_and_what_she_has_won(hers, shop, ada, buy):
    nothing = hers.open("/app/challenges?lang=en").text
    spend = {"id": "spend", "metric": "spend", "target": "50.00", "reward": {"points": 5}}
    visit = {"id": "visit", "metric": "visits", "target": 1, "reward": {"badge": "here"}}
    document = preset_document("three-tier-grocer") | {"challenges": [LOAVES, spend, visit]}
    with shop.begin(actor="test") as tx:
        publish_programme(tx, document=document, proof=SCRATCH)
    buy(ada, 2000)

    page = hers.open("/app/challenges?lang=en").text
    wire = hers.client.get("/api/v1/me/challenges").json

    assert "No challenge at the moment" in nothing
    assert "Five loaves" in page
    assert "€20.00 / €50.00" in page
    assert "Gives 100 points." in page
    assert "here" in page
    assert [one["value"] for one in wire["items"]] == [1, 2000, 1]
    assert wire["badges"] == ["here"]
    assert "/app/challenges" in hers.open("/app/points").text
