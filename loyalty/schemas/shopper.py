"""What shoppers type into the pages of their app."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from loyalty.kernel.i18n import LANGUAGES
from loyalty.kernel.problems import N_
from loyalty.kernel.web.fields import TextLine
from loyalty.values import Purpose

LONGEST_EMAIL = 254
LONGEST_PHONE = 40
LONGEST_NAME = 80
_REQUIRED = {"required": N_("This cannot be empty.")}


class JoinForm(ma.Schema):
    """The enrolment of a shopper by herself."""

    given_name = TextLine(longest=LONGEST_NAME, required=True, error_messages=_REQUIRED)
    email = TextLine(longest=LONGEST_EMAIL, may_be_empty=True, load_default="")
    phone = TextLine(longest=LONGEST_PHONE, may_be_empty=True, load_default="")
    language = ma.fields.String(required=True, validate=ma.validate.OneOf(LANGUAGES))
    consents = ma.fields.List(ma.fields.Enum(Purpose, by_value=True), load_default=list)
    wordings = ma.fields.String(load_default="", validate=ma.validate.Length(max=80))
    store = ma.fields.String(load_default="", validate=ma.validate.Length(max=80))
    attempt = ma.fields.String(load_default="", validate=ma.validate.Length(max=80))

    @ma.validates_schema(skip_on_field_errors=True)
    def reachable(self, data: dict[str, Any], **_: Any) -> None:
        """Ask for an address or a number, and for the one that a consent needs."""
        wrong: dict[str, list[str]] = {}
        if not data["email"] and not data["phone"]:
            wrong["email"] = [N_("Give your e-mail address or your telephone number.")]
        elif Purpose.EMAIL_MARKETING in data["consents"] and not data["email"]:
            wrong["email"] = [N_("Give your e-mail address to receive offers by e-mail.")]
        elif Purpose.SMS_MARKETING in data["consents"] and not data["phone"]:
            wrong["phone"] = [N_("Give your telephone number to receive offers by SMS.")]
        if wrong:
            raise ma.ValidationError(wrong)


class SignInForm(ma.Schema):
    """Where the link to the card should go."""

    contact = TextLine(longest=LONGEST_EMAIL, required=True, error_messages=_REQUIRED)


class ConsentForm(ma.Schema):
    """A yes or no to one purpose, with the number of the words that were read."""

    purpose = ma.fields.Enum(Purpose, by_value=True, required=True)
    granted = ma.fields.String(required=True, validate=ma.validate.OneOf(("yes", "no")))
    wordings = ma.fields.String(required=True, validate=ma.validate.Length(max=80))
    attempt = ma.fields.String(required=True, validate=ma.validate.Length(min=8, max=80))


class LanguageForm(ma.Schema):
    """The language in which a member wants to be addressed."""

    language = ma.fields.String(required=True, validate=ma.validate.OneOf(LANGUAGES))
