"""A worked example is read whole before anything of it runs: every mistake is told at once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
import yaml

from admin.examples.checks import CHECKS
from admin.examples.reading import read_stories
from admin.examples.schema import examples_schema
from admin.examples.story import Story
from admin.examples.verbs import VERBS as ACTS
from admin.examples.vocabulary import EXPECT, VERBS
from tests.house.project import ROOT

START = """\
example: a shop
currency: EUR
programme: preset:three-tier-grocer
articles:
  bread: {price: "1.20", tax: 5.5, category: bakery, brand: maison, labels: [fresh]}
  teapot: {price: "24.00", tax: 20, category: home}
offers:
  - {id: friday-bread, kind: points_bonus, points: 1, per: unit, article: bread}
stores: {lyon: {tills: [t1, t2]}}
staff: {cleo: {role: cashier, store: lyon}}
members:
  ada: {tier: base, wallets: {points: 40}}
steps:
  - at: 2026-03-06 17:40
    purchase: {as: r1, till: t1, member: ada, lines: [{article: bread}]}
    expect: {total: "1.20"}
"""
STEPS = START.index("steps:")


def reading(text, folder=ROOT):
    (found,) = read_stories(text, file="a.yaml", folder=folder)
    return found


def story(text, folder=ROOT):
    found = reading(text, folder)
    assert isinstance(found, Story), [(one.place.path, one.sentence) for one in found]
    return found


def steps(*more):
    """Return the shop with further steps, each on a line of its own, from line 17 on."""
    rows = (f"  - {{at: 2026-03-{n:02} 09:00, {one}}}\n" for n, one in enumerate(more, start=7))
    return START + "".join(rows)


BAD = [
    # (what is replaced, by what, line, path, suggestion)
    ("example: a shop", "exmaple: a shop", 1, "exmaple", "example"),
    ("currency: EUR", "currency: {code: EUR, digits: 2}", 2, "currency.digits", "minor_digits"),
    ("currency: EUR", "zone: Europe/Pari", 2, "zone", "Europe/Paris"),
    ("currency: EUR", "prices: tax included", 2, "prices", "tax_included"),
    ("currency: EUR", "tags: {a: b}", 2, "tags", ""),
    ("currency: EUR", "currency: JPY", 5, "articles.bread.price", ""),
    ("preset:three-tier-grocer", "preset:three-tier-grocery", 3, "programme",
     "preset:three-tier-grocer"),
    ("preset:three-tier-grocer", "three-tier-grocer", 3, "programme", "preset:three-tier-grocer"),
    ("preset:three-tier-grocer", "programmes/none.yaml", 3, "programme", ""),
    ("preset:three-tier-grocer", "{wallets: {points: {expiry: never}}}", 3,
     "programme.wallets.points.expiry", ""),
    ("preset:three-tier-grocer", "preset:three-tier-grocer\nwith: {roundng: floor}", 4,
     "with.roundng", "rounding"),
    ("preset:three-tier-grocer", "preset:three-tier-grocer\nwith: {rounding: flor}", 4,
     "with.rounding", "floor"),
    ("preset:three-tier-grocer", "preset:three-tier-grocer\nwith: {choice: {in_order: [friday]}}",
     4, "with.choice.in_order[0]", "friday-bread"),
    ("preset:three-tier-grocer",
     "preset:three-tier-grocer\nwith: {earn: [{id: a, points: 1, per: unit, category: bakrey}]}",
     4, "with.earn[0].category[0]", "bakery"),
    ('price: "1.20"', "price: 1.2", 5, "articles.bread.price", '"1.20"'),
    ('price: "1.20"', 'price: "1.205"', 5, "articles.bread.price", ""),
    ('price: "1.20"', 'pirce: "1.20"', 5, "articles.bread.pirce", "price"),
    ("tax: 5.5", 'tax: "5,5"', 5, "articles.bread.tax", "5.5"),
    ("tax: 5.5", "tax: [{rat: 5}]", 5, "articles.bread.tax[0].rat", "rate"),
    ("kind: points_bonus", "kind: point_bonus", 8, "offers[0].kind", "points_bonus"),
    ("kind: points_bonus, ", "", 8, "offers[0]", ""),
    ("points: 1, per", "percent: 10, points: 1, per", 8, "offers[0].percent", ""),
    ("article: bread}", "article: braed}", 8, "offers[0].article[0]", "bread"),
    ("article: bread}", "article: bread, weekdays: [friday]}", 8, "offers[0].weekdays[0]", "fri"),
    ("article: bread}", "article: bread, conditions: {weekdays: [fri]}}", 8,
     "offers[0].conditions.weekdays", ""),
    ("article: bread}", "article: bread, limit: {members: 1}}", 8, "offers[0].limit.members",
     "member"),
    ("article: bread}", "article: bread, wallet: point}", 8, "offers[0].wallet", "points"),
    ("article: bread}", "article: bread, from: 2026-02-29}", 8, "offers[0].from", ""),
    ("article: bread}\n", "article: bread}\n  - {id: friday-bread, kind: percent, percent: 5}\n",
     9, "offers[1].id", ""),
    ("tills: [t1, t2]", "till: [t1, t2]", 9, "stores.lyon.till", "tills"),
    ("tier: base, wallets", "tier: bas, wallets", 12, "members.ada.tier", "base"),
    ("wallets: {points: 40}", "wallets: {point: 40}", 12, "members.ada.wallets.point", "points"),
    ("wallets: {points: 40}", "lots: [{wallet: points}]", 12, "members.ada.lots[0]", ""),
    ("wallets: {points: 40}", 'history: {spent: "5.00"}', 12, "members.ada.history.spent",
     "spend"),
    ("wallets: {points: 40}", "joined: 2025-11-31", 12, "members.ada.joined", ""),
    ("at: 2026-03-06 17:40", "at: 2026-03-29 02:30", 14, "steps[0].at", "2026-03-29 03:30"),
    ("at: 2026-03-06 17:40", "at: 06/03/2026", 14, "steps[0].at", ""),
    ("at: 2026-03-06 17:40", "note: no time", 14, "steps[0]", ""),
    ("member: ada,", "member: aada,", 15, "steps[0].purchase.member", "ada"),
    ("member: ada,", "customer: ada,", 15, "steps[0].purchase.customer", "member"),
    ("[{article: bread}]", "[{article: tepot}]", 15, "steps[0].purchase.lines[0].article",
     "teapot"),
    ("[{article: bread}]", "[{quantity: 2}]", 15, "steps[0].purchase.lines[0]", ""),
    ("[{article: bread}]", "[{product: bread}]", 15, "steps[0].purchase.lines[0].product",
     "article"),
    ("[{article: bread}]", "[{article: bread, kind: gift}]", 15,
     "steps[0].purchase.lines[0].kind", "gift_card"),
    ("[{article: bread}]", "[{article: bread}], tenders: [{kind: credit_card}]", 15,
     "steps[0].purchase.tenders[0].kind", "gift_card"),
    ("[{article: bread}]", "[{article: bread}], redeem: {reward: mug}", 15,
     "steps[0].purchase.redeem[0].reward", ""),
    ("[{article: bread}]", "[{article: bread}], activate: friday", 15,
     "steps[0].purchase.activate[0]", "friday-bread"),
    ("purchase:", "purchas:", 15, "steps[0].purchas", "purchase"),
    ("    purchase: ", "    note: ", 15, "steps[0].note", ""),
    ("    expect:", "    quote: {lines: [bread]}\n    expect:", 16, "steps[0].quote", ""),
    ("    expect:", "    any_order: [lines]\n    repeat: 2\n    expect:", 16,
     "steps[0].any_order", ""),
    ('{total: "1.20"}', "{total: 1.2}", 16, "steps[0].expect.total", '"1.20"'),
    ('{total: "1.20"}', '{totl: "1.20"}', 16, "steps[0].expect.totl", "total"),
    ('{total: "1.20"}', "{refused: false}", 16, "steps[0].expect.refused", ""),
    ('{total: "1.20"}', "{applied: [friday-bred]}", 16, "steps[0].expect.applied[0]",
     "friday-bread"),
    ('{total: "1.20"}', "{earned_by: {friday-bred: 1}}", 16,
     "steps[0].expect.earned_by.friday-bred", "friday-bread"),
    ('{total: "1.20"}', "{earned: {point: 1}}", 16, "steps[0].expect.earned.point", "points"),
    ('{total: "1.20"}', "{balance: {ada: {point: 1}}}", 16, "steps[0].expect.balance.ada.point",
     "points"),
    ('{total: "1.20"}', '{lines: {bread: {payed: "1.20"}}}', 16,
     "steps[0].expect.lines.bread.payed", "paid"),
    ('{total: "1.20"}', "{tier: platinm}", 16, "steps[0].expect.tier", "platinum"),
    ('{total: "1.20"}', "{books: right}", 16, "steps[0].expect.books", ""),
    ('{total: "1.20"}', "{unchanged: no}", 16, "steps[0].expect.unchanged", "false"),
    ('{total: "1.20"}', "{total: }", 16, "steps[0].expect.total", ""),
]  # fmt: skip
BAD_STEPS = [
    ("return: {of: r2, lines: [bread]}", "return.of", "r1"),
    ("return: {of: r1, lines: [{article: bred}]}", "return.lines[0].article", "bread"),
    ("return: {of: r1, all: true}", "return.all", ""),
    ("adjust: {member: ada, amount: 1.5}", "adjust.amount", '"1.5"'),
    ("transfer: {from: ada, to: bob, amount: 5}", "transfer.to", ""),
    ("run: expirey", "run", "expiry"),
    ("run: {job: expiry, as_off: 2026-03-09}", "run.as_off", "as_of"),
    ("assign_tier: {member: ada, tier: glod}", "assign_tier.tier", "gold"),
    ("offer: {activate: friday-bred, member: ada}", "offer.activate", "friday-bread"),
    ("event: {member: ada}", "event", ""),
    ("message: {member: ada, channel: mail, message: hi}", "message.channel", "email"),
    ("publish: {programme: {earn: [{id: a, points: 1}]}}", "publish.programme.earn[0]", ""),
    ("publish: {offer: {id: a, kind: percent, percent: 110}}", "publish.offer.percent", ""),
    ("merge: {survivor: ada, source: ben}", "merge.source", ""),
    ("repeat: 0, run: expiry", "repeat", ""),
    ('allocate: {amount: "1.00", weights: [1]}', "allocate.amount", "1"),
]


@pytest.mark.parametrize(("right", "wrong", "line", "path", "suggestion"), BAD)
def test_a_mistake_is_told_with_its_line_its_path_and_what_was_meant(
    right, wrong, line, path, suggestion
):
    assert right in START
    found = reading(START.replace(right, wrong, 1))

    assert isinstance(found, tuple), "read without a fault"
    told = [(one.place.line, one.place.path, one.suggestion) for one in found]
    assert (line, path, suggestion) in told, [one.sentence for one in found]


@pytest.mark.parametrize(("step", "path", "suggestion"), BAD_STEPS)
def test_what_a_verb_carries_is_read_as_strictly(step, path, suggestion):
    found = reading(steps(step))

    assert isinstance(found, tuple), "read without a fault"
    told = [(one.place.line, one.place.path, one.suggestion) for one in found]
    assert told == [(17, f"steps[1].{path}", suggestion)], [one.sentence for one in found]


def test_a_step_back_in_time_is_refused_unless_the_till_sent_late():
    back = START + "  - {at: 2026-03-05 09:00, run: expiry}\n"
    late = START + "  - {occurred_at: 2026-03-05 09:00, posted_at: 2026-03-07 09:00, run: expiry}\n"
    late += "  - {at: 2026-03-04 10:00, posted_at: 2026-03-08 10:00, run: expiry}\n"

    assert [one.sentence for one in reading(back)] == [
        "earlier than the step before, which is at 2026-03-06 17:40"
    ]
    _, second, third = story(late).steps
    assert second.posted_at == datetime(2026, 3, 7, 8, tzinfo=UTC)
    assert (third.at, third.occurred_at) == (datetime(2026, 3, 4, 9, tzinfo=UTC),) * 2


def test_a_step_without_a_time_happens_with_the_one_before_and_autumn_takes_the_first_hour():
    text = START.replace("2026-03-06 17:40", "2026-10-25 02:30") + "  - {run: expiry}\n"

    first, second = story(text).steps
    assert first.at == second.at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_every_documented_form_is_taken():
    found = story(
        steps(
            "run: expiry",
            "run: {job: expiry, as_of: 2026-03-09}",
            "void: r1",
            "event: {member: ada, kind: review}",
            "adjust: {member: ada, points: -5, reason: oops}",
            'purchase: {lines: [{price: "2.00", tax: [{rate: 5, included: true}, 20]}], card: ada,'
            ' delivery: "4.90", coupons: [X, {of: r1}], redeem: {points: all}, tenders: [cash]}',
        )
    )
    assert [step.asked for step in found.steps[1:]] == [
        {"job": "expiry", "jobs": ["expiry"]},
        {"job": "expiry", "jobs": ["expiry"], "as_of": "2026-03-09"},
        {"of": "r1"},
        {"event": "review", "member": "ada"},
        {"member": "ada", "amount": -5, "reason": "oops"},
        {
            "lines": [{"price": "2.00", "tax": [{"rate": 5, "included": True}, 20]}],
            "card": {"member": "ada"},
            "delivery": {"price": "4.90"},
            "coupons": ["X", {"of": "r1"}],
            "redeem": [{"points": "all"}],
            "tenders": [{"kind": "cash"}],
        },
    ]
    assert found.steps[0].expect == {"total": "1.20"}
    assert found.at("steps[0].expect.total").line == 16
    assert found.at("steps[0].expect.total.deeper").line == 16


def test_keys_under_with_replace_what_stood_there_and_null_takes_it_away():
    programme = story(
        START.replace(
            "articles:",
            "with: {rounding: ceiling, vouchers: ~, returns: {earned: whole_once},\n"
            "  redemption: {minimum: 400}}\narticles:",
        )
    ).programme
    assert programme["rounding"] == "ceiling"
    assert "vouchers" not in programme
    assert programme["returns"] == {"earned": "whole_once"}
    assert programme["redemption"] == {"points": 200, "value": "1.00", "minimum": 400, "step": 200}


def test_a_document_without_a_programme_has_none_and_with_makes_one_of_nothing():
    lone = 'example: x\narticles: {a: {price: "1"}}\nsteps: [{at: 2026-01-01, quote: {lines: [a]}}]'

    assert story(lone).programme == {}
    choice = story(lone + "\nwith: {choice: best_per_line}").programme
    assert (choice["choice"], choice["currency"], choice["zone"]) == (
        "best_per_line", "EUR", "Europe/Paris",
    )  # fmt: skip
    assert story(lone + "\ncurrency: {code: XTS, minor_digits: 0}").currency.minor_digits == 0


def test_a_programme_of_another_file_is_read_from_beside_this_one(tmp_path: Path):
    (tmp_path / "mine.yaml").write_text("name: mine\nwallets: {points: {}}\n")
    (tmp_path / "bad.yaml").write_text("name: mine\nwalets: {}\n")
    mine = START.replace("preset:three-tier-grocer", "mine.yaml").replace("tier: base, ", "")

    assert story(mine, tmp_path).programme["name"] == "mine"
    (fault,) = reading(mine.replace("mine.yaml", "bad.yaml"), tmp_path)
    assert (fault.place.file, fault.place.line) == (str(tmp_path / "bad.yaml"), 2)
    assert fault.sentence == "unknown key 'walets'; did you mean 'wallets'?"


def test_a_publication_carries_the_whole_document_that_it_leads_to():
    published = (
        story(
            steps(
                "publish: {with: {rounding: ceiling}}",
                "publish: {programme: {basis: {tax: excluded}}}",
            )
        )
        .steps[-1]
        .asked["programme"]
    )

    assert (published["rounding"], published["basis"]) == ("ceiling", {"tax": "excluded"})
    assert published["wallets"]


def test_each_word_is_acted_on_and_each_expectation_checked():
    assert set(ACTS) <= set(VERBS)
    assert set(CHECKS) <= {key.name for key in EXPECT.keys}


def test_the_published_schema_takes_our_examples_and_refuses_what_is_misspelt():
    schema = examples_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    check = jsonschema.Draft202012Validator(schema)

    assert check.is_valid(_text_only(START))
    assert check.is_valid(_text_only((ROOT / "tests/examples/friday-bread.yaml").read_text()))
    assert not check.is_valid(_text_only(START.replace("example:", "exmaple:")))
    assert not check.is_valid(_text_only(START.replace("kind: points_bonus", "kind: bonus")))
    assert not check.is_valid(_text_only(START.replace('"1.20", tax', "1.20, tax")))


def _text_only(text):
    """Return a document whose dates stay text, as careful readers hand it over."""

    class Loader(yaml.SafeLoader):
        yaml_implicit_resolvers = {  # noqa: RUF012 - the loader reads it from the class
            first: [one for one in rules if not one[0].endswith("timestamp")]
            for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
        }

    return yaml.load(text, Loader)
