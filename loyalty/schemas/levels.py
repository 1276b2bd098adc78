"""Levels given by hand and how they changed, as the API tells them."""

from __future__ import annotations

import marshmallow as ma

from loyalty.kernel.web import fields
from loyalty.schemas.says import day, instant, text


class LevelStepOut(ma.Schema):
    """One step up or down."""

    from_level = text("Where she stood.")
    to_level = text("Where she stands since.")
    cause = text("What did it: `purchase:pur_...`, `return:ret_...`, `review`, `assigned` ...")
    at = instant("When.")


class LevelStepsOut(ma.Schema):
    """How a level has changed, newest first."""

    items = ma.fields.List(ma.fields.Nested(LevelStepOut))


class LevelIn(ma.Schema):
    """A level that staff give."""

    level = ma.fields.String(
        required=True,
        validate=ma.validate.Length(min=1, max=40),
        metadata={"description": "The level's id; `none` takes a given one away."},
    )
    until = fields.LocalDay(
        load_default=None,
        allow_none=True,
        metadata={"description": "The last day of it; leave out for good."},
    )


class LevelOut(ma.Schema):
    """Where a member stands after a level was given."""

    level = text("The level's id.")
    kept_until_on = day("The last day on which it is certain; null: no limit.")
