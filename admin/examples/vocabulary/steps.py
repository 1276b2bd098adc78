"""Steps: when, which verb, and what must come of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from admin.examples.vocabulary.expect import EXPECT
from admin.examples.vocabulary.verbs import VERBS
from loyalty.kernel.problems import N_
from loyalty.kernel.shapes import At, Flag, Int, Key, OneOrMore, Qty, Struct, Text, Word
from loyalty.kernel.shapes.shape import Complaint

BESIDE = (
    Key("at", At(), doc="Local; that of the step before by default."),
    Key("occurred_at", At(), doc="When it happened, if that is not when it was posted."),
    Key("posted_at", At(), doc="When it was posted; `at` by default."),
    Key("expect", EXPECT, doc="What must come of it."),
    Key("repeat", Int(1, 1_000), doc="The same request so many times in all."),
    Key("parallel", Int(1, 200), doc="So many requests at once."),
    Key("any_order", OneOrMore(Word("lines", "offers")), doc="Under every order of these."),
    Key("source", Text(120), doc="The cause: the same one again changes nothing."),
    Key(
        "extension",
        Struct(
            "extension",
            (
                Key("points", Qty(signed=True), doc="What it says is earned."),
                Key("cancel", Flag(), doc="It says no."),
            ),
        ),
        doc="What a programme's extension answers.",
    ),
    Key("note", Text(2000), doc="Why the step is there."),
)
"""What stands beside a verb."""

_VERB_NAMES = ", ".join(VERBS)


def _one_verb(found: Mapping[str, Any]) -> Complaint | None:
    verbs = [key for key in found if key in VERBS]
    if not verbs:
        return "", N_("a step has one verb: {verbs}"), {"verbs": _VERB_NAMES}
    if len(verbs) > 1:
        return (
            verbs[1],
            N_("a step has one verb; this one has {verbs}"),
            {"verbs": ", ".join(verbs)},
        )
    return None


def _in_any_order_alone(found: Mapping[str, Any]) -> Complaint | None:
    if "any_order" in found and (found.get("repeat", 1) > 1 or found.get("parallel", 1) > 1):
        return "any_order", N_("cannot stand beside repeat or parallel"), {}
    return None


STEP = Struct(
    "step",
    (*BESIDE, *(Key(verb, shape) for verb, shape in VERBS.items())),
    rules=(_one_verb, _in_any_order_alone),
    aliases={"buy": "purchase", "sale": "purchase", "refund": "return", "expected": "expect"}
    | {"job": "run", "date": "at", "when": "at", "enroll": "enrol"},
)
