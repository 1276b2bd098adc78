"""A programme is a document: read strictly, compiled once, never changed when published."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from loyalty.commands import publish_preset, publish_programme
from loyalty.compiling import compile_programme
from loyalty.errors import NoProgramme, ProgrammeRefused
from loyalty.expiry import Expiry
from loyalty.presets import PRESETS, preset_document, preset_text
from loyalty.programme import Per, ProgrammeUnclear, ShortBalance, money
from loyalty.programme_text import check_shape, read_programme
from loyalty.queries import (
    current_programme,
    programme_of,
    programme_versions,
    quote_earning,
)
from loyalty.values import LineKind, ProgrammeVersionId
from tests.conftest import NOW
from tests.loyalty.world import line

GROCER = "three-tier-grocer"
VERSION = ProgrammeVersionId("pgv_test")


def changed(**keys):
    return preset_document(GROCER) | keys


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_right(name):
    document = read_programme(preset_text(name))

    assert compile_programme(document, version_id=VERSION).name == name


def test_the_grocers_preset_is_the_one_that_was_agreed():
    programme = compile_programme(preset_document(GROCER), version_id=VERSION)

    assert [(rule.points, rule.per, rule.amount_minor) for rule in programme.earn] == [
        (1, Per.AMOUNT, 100)
    ]
    assert programme.redemption is not None
    assert programme.redemption.value_of(200) == 100
    assert programme.points.expiry == Expiry(after_months=12, end_of="month")
    assert [(level.id, level.from_minor) for level in programme.tiers.levels] == [
        ("base", 0),
        ("gold", 300_000),
        ("platinum", 800_000),
    ]
    assert programme.vouchers is not None
    assert (programme.vouchers.per_spend_minor, programme.vouchers.value_minor) == (10_000, 100)
    assert programme.vouchers.carry_over
    assert programme.returns.short_balance is ShortBalance.UNLIMITED
    assert programme.level_name("gold", "fr") == "Or"
    assert programme.level_name("none", "fr") == ""


@pytest.mark.parametrize(
    ("wrong", "right", "path", "says"),
    [
        ("ponts: 1", "points: 1", "earn.0.ponts", "did you mean 'points'? (line "),
        ("wallet:", "wallets:", "wallet", "did you mean 'wallets'?"),
        ("colour: red\nearn:", "earn:", "colour", "Known keys:"),
        ("carry_over: true\nearn:", "earn:", "carry_over", "it belongs to vouchers"),
        ("amount: 1.00", 'amount: "1.00"', "earn.0.amount", 'did you mean "1.00"?'),
        ("per: hour", "per: amount", "earn.0.per", "one of these is wanted here"),
        ("metric: visit", "metric: spend", "tiers.metric", "did you mean 'visits'?"),
        ("floor: 5", "floor: unlimited", "wallets.points.floor", "to 0"),
        ("{after_month: 12", "{after_months: 12", "after_month", "did you mean 'after_months'?"),
        ("{}", "{after_months: 12, end_of: month}", "wallets.points.expiry", "is missing"),
        ("rounding: up", "rounding: floor", "rounding", "floor, half_up, ceiling"),
        ("decimals: 9", "decimals: 0", "decimals", "from 0 to 6"),
        ('value: "1.005"', 'value: "1.00"', "redemption.value", "the currency has 2 decimals"),
        ("currency: JPY", "currency: EUR", "vouchers.value", "0 decimals"),
        ("review_on: 02-30", 'review_on: "01-01"', "tiers.review_on", "there is no 30 February"),
        ("points: 1, multiply: 2", "points: 1", "earn.0.multiply", "only one of points, multiply"),
        ("colour: red", "name: three-tier-grocer", "", "this key is missing: name"),
    ],
)
def test_a_wrong_key_or_value_is_named_by_its_path(wrong, right, path, says):
    text = preset_text(GROCER)
    if wrong == "currency: JPY":
        text = text.replace('"1.00"', '"1.50"')
    with pytest.raises(ProgrammeRefused) as refused:
        read_programme(text.replace(right, wrong))

    found = {key: " ".join(texts) for key, texts in refused.value.errors.items()}
    assert any(key.endswith(path) and says in text for key, text in found.items()), found


@pytest.mark.parametrize("text", ["", "- a list", "{", "x: [", "a" * 300_000, "key: !!python/x"])
def test_what_is_not_a_document_is_refused(text):
    with pytest.raises(ProgrammeRefused):
        read_programme(text)


def test_every_switch_that_is_honoured_is_read():
    text = """
name: corner-shop
currency: JPY
zone: Asia/Tokyo
wallets:
  points: {expiry: {after_days: 30}, expiry_end: inclusive, floor: -50}
  stamps: {unit: stamp, expiry: none}
earn:
  - {id: rate, points: 2, per: amount, amount: "100", category: [tea, cake], brand: maison,
     exclude: {article: sugar}, minimum_basis: "500", maximum_basis: "9000", from: 2026-04-01}
  - {id: silent, points: 1, per: unit, enabled: false}
basis: {tax: excluded, delivery: included, fees: included, lowered_by: []}
rounding: {per_line: floor, per_rule: half_up}
returns: {short_balance: within_balance}
"""
    programme = compile_programme(read_programme(text), version_id=VERSION)
    (rule,) = programme.earn

    assert (programme.minor_digits, str(programme.zone)) == (0, "Asia/Tokyo")
    assert (programme.points.floor, programme.points.last_day_usable) == (-50, True)
    assert programme.wallets["stamps"].unit == "stamp"
    assert (rule.amount_minor, rule.minimum_basis_minor, rule.maximum_basis_minor) == (
        100,
        500,
        9000,
    )
    assert rule.match.categories == {"tea", "cake"}
    assert rule.match.brands == {"maison"}
    assert rule.exclude.articles == {"sugar"}
    assert not rule.holds_on(date(2026, 3, 31))
    assert not programme.basis.tax_included
    assert programme.basis.kinds == {LineKind.ARTICLE, LineKind.DELIVERY, LineKind.SERVICE_FEE}
    assert not programme.basis.lowered_by_offers
    assert programme.rounding.per_order is None
    assert programme.returns.short_balance is ShortBalance.WITHIN_BALANCE
    assert (programme.redemption, programme.vouchers, programme.tiers.levels) == (None, None, ())


@pytest.mark.parametrize(
    ("keys", "path"),
    [
        ({"wallets": {"cash": {"unit": "currency", "decimals": 3}}}, "wallets.cash.decimals"),
        ({"wallets": {"points": {"floor": "-5.5"}}}, "wallets.points.floor"),
        (
            {"wallets": {"points": {"expiry": {"yearly_purge": {"day": "02-30"}}}}},
            "wallets.points.expiry.yearly_purge.day",
        ),
        ({"zone": "Europe/Atlantis"}, "zone"),
        ({"earn": [{"id": "a", "multiply": 2, "points": 3}]}, "earn.0.points"),
        ({"earn": [{"id": "a", "points": 1}]}, "earn.0"),
        ({"earn": [{"id": "a", "points": 1, "per": "event"}]}, "earn.0.event"),
        ({"earn": [{"id": "a", "points": 1, "per": "unit", "wallet": "x"}]}, "earn.0.wallet"),
        ({"vouchers": {"per_spend": "0.00", "value": "1.00"}}, "vouchers.per_spend"),
        (
            {"tiers": {"levels": [{"id": "a", "from": "5.00"}, {"id": "b", "from": "5.00"}]}},
            "tiers.levels",
        ),
        (
            {"earn": [{"id": "a", "points": 1, "per": "unit"}] * 2},
            "earn.1.id",
        ),
    ],
)
def test_a_switch_that_is_not_honoured_is_refused_not_ignored(keys, path):
    with pytest.raises(ProgrammeUnclear) as unclear:
        compile_programme(changed(**keys), version_id=VERSION)

    assert unclear.value.path == path


@pytest.mark.parametrize("text", ["1.005", "-1", "x", "NaN", "Infinity", "", 1.0, 5, None])
def test_money_is_a_quoted_decimal_of_the_currency(text):
    with pytest.raises(ProgrammeUnclear):
        money(text, "amount", digits=2)


def test_dates_of_a_rule_may_come_from_yaml_or_from_json():
    rule = {"id": "a", "points": 1, "per": "unit", "from": "2026-03-01", "until": date(2026, 3, 2)}
    programme = compile_programme(changed(earn=[rule]), version_id=VERSION)

    assert (programme.earn[0].from_on, programme.earn[0].until_on) == (
        date(2026, 3, 1),
        date(2026, 3, 2),
    )


def test_without_a_programme_nothing_can_be_asked(database):
    with database.look() as tx, pytest.raises(NoProgramme):
        current_programme(tx)


def test_publishing_the_same_again_changes_nothing(database):
    with database.begin(actor="test") as tx:
        first = publish_preset(tx)
        again = publish_preset(tx)

        assert (first.replayed, again.replayed) == (False, True)
        assert again.version_id == first.version_id
        assert len(programme_versions(tx)) == 1


def test_a_version_holds_from_its_own_moment_on(shop, clock):
    double = [{"id": "base", "points": 2, "per": "amount", "amount": "1.00"}]
    with shop.begin(actor="test") as tx:
        old = current_programme(tx)
        publish_programme(tx, document=changed(earn=double), effective_from=NOW + timedelta(days=7))
    clock.move(by=timedelta(days=7))

    with shop.look() as tx:
        new = current_programme(tx)
        assert current_programme(tx, NOW).version_id == old.version_id
        assert new.earn[0].points == 2
        assert programme_of(tx, old.version_id).earn[0].points == 1
        assert [row.number for row in programme_versions(tx)] == [2, 1]
        assert quote_earning(tx, lines=[line(price=1000)], at=tx.now).points == 20


def test_a_document_that_cannot_be_compiled_is_not_published(shop):
    with shop.begin(actor="test") as tx:
        with pytest.raises(ProgrammeRefused) as refused:
            publish_programme(tx, document=changed(zone="Mars/Olympus"))
        with pytest.raises(ProgrammeRefused):
            publish_programme(tx, document={"wallets": {"points": {"floor": "low"}}})

        assert list(refused.value.errors) == ["zone"]
        assert len(programme_versions(tx)) == 1


def test_a_document_from_json_is_held_to_the_same_shape():
    check_shape(preset_document(GROCER))
    with pytest.raises(ProgrammeRefused) as refused:
        check_shape(changed(erns=[], rounding=None))

    assert list(refused.value.errors) == ["rounding", "erns"]
