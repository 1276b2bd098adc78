"""A programme that promises what cannot be is refused before it is published."""

from __future__ import annotations

import pytest

from loyalty.checking import Catalogue
from loyalty.commands import publish_programme, save_category
from loyalty.errors import ExamplesNotProven, ProgrammeRefused
from loyalty.presets import PRESETS, preset_document, preset_text
from loyalty.programme_text import checked_programme, said_wrongly
from loyalty.values import ExamplesProof, document_digest

BASE = "{id: base, points: 1, per: amount, amount: '1.00'}"
SHOP = f"""\
name: shop
wallets: {{points: {{}}}}
earn:
  - {BASE}
"""
GOLD = "tiers: {{metric: earned, levels: [{{id: base, from: 0}}, {{id: gold, from: {gold}}}]}}\n"


def of(text, **catalogue):
    found = checked_programme(text, Catalogue(**catalogue)).faults
    return [(fault.line, fault.path, fault.suggestion) for fault in found]


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_keeps_what_it_promises(name):
    assert of(preset_text(name)) == []
    assert said_wrongly(preset_document(name), Catalogue()) == ()


def test_a_plain_programme_is_right():
    assert of(SHOP + GOLD.format(gold=500)) == []


@pytest.mark.parametrize(
    ("text", "line", "path", "suggestion"),
    [
        (SHOP + GOLD.format(gold=0), 5, "tiers.levels[1].from", "1"),
        (
            SHOP + "tiers: {levels: [{id: a, from: '5.00'}, {id: b, from: '4.00'}]}",
            5, "tiers.levels[1].from", '"5.01"',
        ),
        # only gold earns, and only who earns becomes gold
        (SHOP.replace("amount,", "amount, tier: gold,") + GOLD.format(gold=500), 4, "earn[0].tier",
         "base"),
        (SHOP.replace("amount,", "amount, tier: glod,") + GOLD.format(gold=500), 4, "earn[0].tier",
         "gold"),
        (SHOP.replace("amount,", "amount, limit: {member: 400},") + GOLD.format(gold=500), 5,
         "tiers.levels[1].from", "400"),
        (SHOP.replace("amount,", "amount, limit: {member: 400},")
         + "rewards: [{id: mug, kind: amount, amount: '1.00', cost: 401}]", 5, "rewards[0].cost",
         "400"),
        (SHOP + "rewards: [{id: yacht, kind: amount, amount: '1.00', cost: 99999999999}]", 5,
         "rewards[0].cost", "1000000000"),
        (SHOP + "redemption: {points: 1, value: '1.00'}", 4, "earn[0].points",
         "redeemed_amount_earns: false"),
        (SHOP + "redemption: {points: 100, value: '1.00', minimum: 500, maximum: 400}", 5,
         "redemption.minimum", "400"),
        (SHOP + "vouchers: {per_spend: '5.00', value: '5.00'}", 5, "vouchers.value", ""),
        (SHOP.replace("amount,", "amount, from: 2026-02-01, until: 2026-01-01,"), 4,
         "earn[0].until", ""),
        (SHOP + "  - {id: x, multiply: 3}\npromotion_limits: {multiplier_at_most: 2.5}", 5,
         "earn[1].multiply", "2.5"),
        (SHOP + "  - {id: x, multiply: 1.25}\npromotion_limits: {multiplier_decimals: 1}", 5,
         "earn[1].multiply", ""),
        (SHOP.replace("amount,", "amount, category: bakrey,"), 4, "earn[0].category", "bakery"),
        (SHOP.replace("amount,", "amount, exclude: {brand: maisn},"), 4, "earn[0].exclude.brand",
         "maison"),
        (SHOP + "zone: Europe/Atlantis", 5, "zone", ""),
        ("- a list", 1, "", ""),
        ("a: [", 2, "", ""),
        ("", 1, "", ""),
    ],
)  # fmt: skip
def test_a_promise_that_cannot_be_kept_is_named(text, line, path, suggestion):
    found = of(text, category=frozenset({"bakery"}), brand=frozenset({"maison"}))

    assert found[0] == (line, path, suggestion)


def test_publishing_refuses_names_that_the_catalogue_does_not_have(shop):
    rule = {"id": "a", "points": 1, "per": "unit", "category": "chese"}
    document = preset_document("three-tier-grocer") | {"earn": [rule]}
    with shop.begin(actor="test") as tx:
        save_category(tx, category_id="cheese", name_fr="Fromage", name_en="Cheese")
        with pytest.raises(ProgrammeRefused) as refused:
            publish_programme(tx, document=document)

    assert "did you mean 'cheese'?" in refused.value.errors["earn.0.category"][0]


def test_a_programme_with_examples_is_published_with_their_proof_only(shop):
    document = preset_document("three-tier-grocer") | {"examples": [{"example": "x", "steps": []}]}
    with shop.begin(actor="test") as tx:
        with pytest.raises(ExamplesNotProven):
            publish_programme(tx, document=document)
        with pytest.raises(ExamplesNotProven):
            publish_programme(
                tx, document=document, proof=ExamplesProof(document_digest({"other": 1}))
            )
        done = publish_programme(
            tx, document=document, proof=ExamplesProof(document_digest(document))
        )

    assert done.number == 2
