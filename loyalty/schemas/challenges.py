"""Challenges, over the wire."""

from __future__ import annotations

import marshmallow as ma

from loyalty.kernel.web.fields import LocalDay


class ChallengeOut(ma.Schema):
    """A challenge that runs, with the member's progress."""

    challenge = ma.fields.String(metadata={"description": "Its name in the programme."})
    name = ma.fields.String(metadata={"description": "What people read."})
    is_money = ma.fields.Boolean(metadata={"description": "Whether it counts in minor units."})
    value = ma.fields.Integer(metadata={"description": "How far she is."})
    target = ma.fields.Integer(metadata={"description": "What is to be reached next."})
    points = ma.fields.Integer(metadata={"description": "Grains that it gives."})
    badge = ma.fields.String(metadata={"description": "The badge that it gives; may be empty."})
    done = ma.fields.Boolean(metadata={"description": "Nothing more is to be had in its window."})
    ends_on = LocalDay(
        allow_none=True, metadata={"description": "The first day after the window; null: no end."}
    )


class ChallengesOut(ma.Schema):
    """A member's challenges and badges."""

    items = ma.fields.List(
        ma.fields.Nested(ChallengeOut), metadata={"description": "The challenges that run."}
    )
    badges = ma.fields.List(
        ma.fields.String(), metadata={"description": "The badges that she holds."}
    )
