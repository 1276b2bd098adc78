"""A survey: its questions, when it runs, and who is asked."""

from __future__ import annotations

from loyalty.kernel.shapes import (
    Day,
    Flag,
    Int,
    Key,
    ListOf,
    OneOrMore,
    Slug,
    Struct,
    Text,
    Word,
    in_order,
)
from loyalty.values.documents.parts import NAMES

SURVEY = Struct(
    "survey",
    (
        Key("id", Slug(), required=True, doc="Names the survey."),
        Key("name", NAMES, required=True, doc="What people read."),
        Key("from", Day(), required=True, doc="First local day."),
        Key("until", Day(), required=True, doc="Last local day, included."),
        Key("tier", OneOrMore(Text(40)), doc="Levels that are asked; all by default."),
        Key("after_purchase_days", Int(1, 3650), doc="Only who bought in so many days is asked."),
        Key("once_in_days", Int(1, 3650), doc="Nobody is asked who answered one in so many days."),
        Key(
            "questions",
            ListOf(
                Struct(
                    "question",
                    (
                        Key("id", Slug(), required=True, doc="Names the question."),
                        Key(
                            "asks",
                            Word("nps", "scale", "choice", "text"),
                            required=True,
                            doc="0 to 10 whether she would recommend, 1 to `top`, one of "
                            "`choices`, or words.",
                        ),
                        Key("text", NAMES, required=True, doc="What is asked."),
                        Key("choices", ListOf(Text(80), least=2, most=20), doc="With `choice`."),
                        Key("top", Int(2, 10), doc="With `scale`; 5 by default."),
                        Key("needed", Flag(), doc="Whether it has to be answered."),
                    ),
                ),
                least=1,
                most=20,
            ),
            required=True,
            doc="What is asked, in order.",
        ),
    ),
    rules=(in_order("from", "until"),),
)
