"""The two forms of the browser till."""

from __future__ import annotations

import marshmallow as ma
from marshmallow.validate import Regexp

from loyalty.kernel.problems import N_
from loyalty.kernel.web.fields import TextLine


class EnrolmentForm(ma.Schema):
    """The one-time code that a manager reads out."""

    code = TextLine(
        longest=20,
        required=True,
        validate=Regexp(r"[0-9 ]{8,12}$", error=N_("The code has eight digits.")),
    )


class SignInForm(ma.Schema):
    """Who sells here."""

    cashier = TextLine(
        longest=40, required=True, error_messages={"required": N_("Choose your name.")}
    )
    pin = ma.fields.String(
        required=True, validate=Regexp(r"[0-9]{6,12}$", error=N_("A PIN has 6 to 12 digits."))
    )
