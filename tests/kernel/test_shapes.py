"""Documents that people write are read strictly, by one declaration of their shape."""

from __future__ import annotations

import jsonschema
import pytest

from loyalty.kernel.shapes import (
    At,
    Clock,
    Day,
    Either,
    Faults,
    Flag,
    Int,
    Key,
    Later,
    ListOf,
    MapOf,
    Money,
    MonthDay,
    Number,
    OneOrMore,
    Qty,
    Slug,
    Struct,
    Tagged,
    Text,
    Word,
    documents,
    json_schema,
    line_of,
    needs_one_of,
    nodes,
    only_with,
    read,
    read_plain,
    some_of,
    together,
)  # fmt: skip

VOUCHERS = Struct("vouchers", (Key("carry_over", Flag()), Key("value", Money())))
LINE: Struct = Struct(
    "line",
    (
        Key("article", Text(), required=True, doc="What was bought."),
        Key("quantity", Int(1)),
        Key("price", Money()),
        Key("labels", OneOrMore(Slug())),
        Key("excluding", Later("line", lambda: LINE)),
    ),
    aliases={"product": "article"},
    bare="article",
)
OFFER = Tagged(
    "offer",
    "kind",
    common=(Key("id", Slug(), required=True),),
    kinds={
        "percent": (Key("percent", Number(0, 100), required=True),),
        "amount": (Key("amount", Money()), Key("first", Int()), Key("last", Int())),
    },
    rules=(together("first", "last"), only_with("first", "amount")),
)
ROOT = Struct(
    "document",
    (
        Key("at", At()),
        Key("day", Day()),
        Key("review", MonthDay()),
        Key("opens", Clock()),
        Key("mode", Word("best_of", "add")),
        Key("lines", ListOf(LINE, least=1, most=3)),
        Key("offers", ListOf(OFFER)),
        Key("earned", MapOf(Slug(), Qty(signed=True))),
        Key("expiry", Either(Word("none"), Struct("expiry", (Key("after_days", Int(1)),)))),
        Key("vouchers", VOUCHERS),
        Key("tax", Number()),
        Key("member", Text(none=True)),
        Key("rule", Struct("rule", (Key("a", Int()), Key("b", Int())), (needs_one_of("a", "b"),))),
        Key("any", Struct("any", (Key("c", Int()), Key("d", Int())), (some_of("c", "d"),))),
    ),
)


def reading(text, shape=ROOT, digits=2):
    ((node, faults),) = documents(text)
    if node is None:
        return None, faults
    faults.digits = digits
    return read(shape, node, faults), faults


GOOD = """
at: 2026-03-06 17:40
day: 2026-03-06
review: 03-01
opens: "17:40"
mode: best_of
lines:
  - {article: no, quantity: 3, price: "1.20", labels: fresh}
  - bread
offers: [{id: a, kind: percent, percent: 5.5},
  {kind: amount, id: b, amount: "1", last: 2, first: 1}]
earned: {points: -2, money: "1.50"}
expiry: {after_days: 3}
vouchers: {carry_over: true}
tax: 20
member: ~
rule: {a: 1}
any: {c: 1, d: 2}
"""


def test_a_right_document_becomes_plain_values():
    found, faults = reading(GOOD)

    assert not faults
    assert found == {
        "at": "2026-03-06T17:40:00",
        "day": "2026-03-06",
        "review": "03-01",
        "opens": "17:40",
        "mode": "best_of",
        "lines": [
            {"article": "no", "quantity": 3, "price": "1.20", "labels": ["fresh"]},
            {"article": "bread"},
        ],
        "offers": [
            {"id": "a", "kind": "percent", "percent": "5.5"},
            {"kind": "amount", "id": "b", "amount": "1", "first": 1, "last": 2},
        ],
        "earned": {"points": -2, "money": "1.50"},
        "expiry": {"after_days": 3},
        "vouchers": {"carry_over": True},
        "tax": 20,
        "member": "none",
        "rule": {"a": 1},
        "any": {"c": 1, "d": 2},
    }


BAD = [
    ("mode: bestof", "mode", "best_of"),
    ("mode: Best-Of", "mode", "best_of"),
    ("mode: []", "mode", ""),
    ("mod: add", "mod", "mode"),
    ("vouchers: {carryOver: true}", "vouchers.carryOver", "carry_over"),
    ("carry_over: true", "carry_over", ""),
    ("lines: [{product: tea}]", "lines[0].product", "article"),
    ("lines: [{quantity: 1}]", "lines[0]", ""),
    ("lines: []", "lines", ""),
    ("lines: [a, b, c, d]", "lines", ""),
    ("lines: tea", "lines", ""),
    ("lines: [{article: a, quantity: 0}]", "lines[0].quantity", ""),
    ("lines: [{article: a, quantity: 1.5}]", "lines[0].quantity", "2"),
    ("lines: [{article: a, quantity: 0x1f}]", "lines[0].quantity", ""),
    ("lines: [{article: a, price: 1.2}]", "lines[0].price", '"1.20"'),
    ("lines: [{article: a, price: 27}]", "lines[0].price", '"27.00"'),
    ('lines: [{article: a, price: "1,20 €"}]', "lines[0].price", '"1.20"'),
    ('lines: [{article: a, price: "1.005"}]', "lines[0].price", ""),
    ('lines: [{article: a, price: "-1.00"}]', "lines[0].price", '"1.00"'),
    ("lines: [{article: a, labels: [Fresh Food]}]", "lines[0].labels[0]", "fresh-food"),
    ("lines: [{article: a, excluding: {artikel: b}}]", "lines[0].excluding.artikel", "article"),
    ("lines: [{article: }]", "lines[0].article", ""),
    ("offers: [{id: a, percent: 5}]", "offers[0]", ""),
    ("offers: [{id: a, kind: precent, percent: 5}]", "offers[0].kind", "percent"),
    ("offers: [{id: a, kind: percent, percent: 105}]", "offers[0].percent", ""),
    ("offers: [{id: a, kind: percent, percent: 5%}]", "offers[0].percent", "5"),
    ('offers: [{id: a, kind: percent, percent: 5, amount: "1"}]', "offers[0].amount", ""),
    ("offers: [{id: a, kind: amount, first: 1}]", "offers[0]", ""),
    ("offers: [{id: a, kind: amount, first: 1, last: 1}]", "offers[0].first", ""),
    ("offers: [tea]", "offers[0]", ""),
    ("day: 2026-02-30", "day", ""),
    ("day: 2026-13-01", "day", ""),
    ("day: 2026-3-1", "day", "2026-03-01"),
    ("day: tomorrow", "day", ""),
    ("at: 2026-02-30 10:00", "at", ""),
    ("at: 2026-02-20 25:00", "at", ""),
    ("review: 02-30", "review", ""),
    ("review: 13-01", "review", ""),
    ("review: 3-1", "review", ""),
    ('opens: "25:00"', "opens", ""),
    ("opens: 17:40", "opens", '"17:40"'),
    ("opens: 08:30", "opens", '"08:30"'),
    ("earned: {points: 1.5}", "earned.points", '"1.5"'),
    ("earned: {Points: 1}", "earned.Points", "points"),
    ("earned: 5", "earned", ""),
    ("expiry: {after_day: 3}", "expiry.after_day", "after_days"),
    ("expiry: non", "expiry", "none"),
    ("vouchers: {carry_over: yes}", "vouchers.carry_over", "true"),
    ('vouchers: {carry_over: "true"}', "vouchers.carry_over", "true"),
    ("vouchers: ~", "vouchers", ""),
    ("tax: a lot", "tax", ""),
    ("tax: -1", "tax", ""),
    ('member: "\\0"', "member", ""),
    ("member: " + "a" * 401, "member", ""),
    ("rule: {}", "rule", ""),
    ("rule: {a: 1, b: 1}", "rule.b", ""),
    ("any: {}", "any", ""),
    ("day: !!str x", "day", ""),
    ("mode: add\nmode: add", "mode", ""),
    ("? [a]\n: b", "", ""),
    ("<<: 5", "<<", ""),
    ("- a", "", ""),
    ("[" * 40 + "]" * 40, "", ""),
    ("a: [", "", ""),
    ("a: caf\udce9", "", ""),
    ("\tmode: add", "", ""),
]


@pytest.mark.parametrize(("text", "path", "suggestion"), BAD)
def test_a_mistake_is_named_with_its_path_its_line_and_what_was_meant(text, path, suggestion):
    _, faults = reading(f"# a comment\n{text}\n")

    first = faults.found[0]
    assert (first.path, first.suggestion) == (path, suggestion), first.sentence
    assert first.line == 2 + text.count("\n") or path == ""
    assert first.sentence.startswith(first.reason)
    jsonish = {"mode: bestof", "day: tomorrow", "lines: []", "mod: add"}
    if text in jsonish:
        plain = {text.split(":")[0]: [] if text == "lines: []" else text.split(": ")[1]}
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(plain, json_schema(ROOT, "Test"))


def test_a_key_at_home_elsewhere_is_told_where():
    _, faults = reading("carry_over: true")

    assert faults.found[0].sentence == "unknown key 'carry_over': it belongs to vouchers"


def test_the_schema_takes_what_the_reader_takes():
    plain = {
        "at": "2026-03-06 17:40", "day": "2026-03-06", "mode": "add", "lines": [{"article": "a"}],
        "offers": [{"id": "a", "kind": "percent", "percent": 5.5}], "earned": {"points": -2},
        "expiry": "none", "vouchers": {"carry_over": True}, "opens": "17:40", "review": "03-01",
    }  # fmt: skip
    faults = Faults()

    read_plain(ROOT, plain, faults)
    jsonschema.validate(plain, json_schema(ROOT, "Test"))

    assert not faults
    assert json_schema(ROOT, "Test")["$defs"]["line"]["anyOf"][0]["required"] == ["article"]


def test_merges_and_aliases_are_read_and_a_bomb_is_not(monkeypatch):
    monkeypatch.setattr(nodes, "MOST_NODES", 5_000)
    found, faults = reading("day: &d 2026-01-01\nat: *d\nvouchers: {<<: {carry_over: true}}")
    assert (found["at"], found["vouchers"], bool(faults)) == (
        "2026-01-01",
        {"carry_over": True},
        False,
    )

    bomb = "\n".join(
        f"k{n}: &k{n} [{', '.join([f'*k{n - 1}' if n else 'x'] * 9)}]" for n in range(9)
    )
    assert "at most" in reading(bomb)[1].found[0].sentence
    assert "at most" in reading("a: " + "x" * 5_000_001)[1].found[0].sentence
    assert reading("a: &a [*a]")[1]


def test_documents_of_one_file_stand_each_for_itself(monkeypatch):
    monkeypatch.setattr(nodes, "MOST_DOCUMENTS", 200)
    text = "# first\nday: 2026-01-01\n---\n---\nday: [\n---\n# third\nday: 2026-02-30\n"
    lines = []
    for node, faults in documents(text):
        if node is not None:
            read(ROOT, node, faults)
        lines.append([fault.line for fault in faults.found])

    assert lines == [[], [6], [8]]
    assert len(list(documents("a: 1\n---\n" * 300))) == 202


def test_a_place_is_found_again_by_its_keys():
    ((node, _),) = documents(GOOD)
    assert node is not None

    assert line_of(node, ("lines", 1)) == 9
    assert line_of(node, ("offers", 0, "percent", "deeper")) == 10
    assert line_of(node, ("lines", "7")) == 7
