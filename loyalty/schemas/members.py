"""What staff read and write about members over the API."""

from __future__ import annotations

import marshmallow as ma

from loyalty.kernel.i18n import LANGUAGES
from loyalty.kernel.web import fields
from loyalty.kernel.web.paging import PageArgs
from loyalty.schemas.me import BalanceOut, ConsentIn, MyTierOut, VoucherOut
from loyalty.values import CardState, Channel, MemberState


class IdentityIn(ma.Schema):
    """Who a member is."""

    given_name = fields.TextLine(required=True, metadata={"description": "First name."})
    family_name = fields.TextLine(
        load_default="", may_be_empty=True, metadata={"description": "Family name."}
    )
    email = ma.fields.String(
        load_default=None,
        allow_none=True,
        validate=ma.validate.Length(max=254),
        metadata={"description": "E-mail address; no two members share one."},
    )
    phone = ma.fields.String(
        load_default=None,
        allow_none=True,
        validate=ma.validate.Length(max=40),
        metadata={"description": "Telephone number, national or with its country code."},
    )
    born_on = fields.LocalDay(
        load_default=None, allow_none=True, metadata={"description": "Day of birth."}
    )


class EnrolmentIn(IdentityIn):
    """Somebody who becomes a member. Consents are the answers that she gave, word for word."""

    language = ma.fields.String(
        required=True,
        validate=ma.validate.OneOf(LANGUAGES),
        metadata={"description": "The language in which she is addressed."},
    )
    channel = ma.fields.Enum(
        Channel,
        by_value=True,
        load_default=Channel.STORE,
        metadata={"description": "How she came to us."},
    )
    home_store_id = fields.Code(
        load_default=None, allow_none=True, metadata={"description": "The store she goes to."}
    )
    consents = ma.fields.List(
        ma.fields.Nested(ConsentIn),
        load_default=list,
        validate=ma.validate.Length(max=10),
        metadata={"description": "Her answers to the consents she was shown."},
    )


class EnrolledOut(ma.Schema):
    """The new member and the letters of her card."""

    member_id = ma.fields.String(metadata={"description": "The member's id."})
    card_id = ma.fields.String(metadata={"description": "The card's id."})
    code = ma.fields.String(metadata={"description": "The letters that a till scans."})
    replayed = ma.fields.Boolean(
        metadata={"description": "True when this key had enrolled her before."}
    )


class FindQuery(PageArgs):
    """Whom to look for."""

    q = ma.fields.String(
        required=True,
        validate=ma.validate.Length(min=2, max=120),
        metadata={
            "description": "A card's code, an e-mail address, a telephone number, or the "
            "beginning of names."
        },
    )


class MemberRowOut(ma.Schema):
    """A member in a list."""

    member_id = ma.fields.String(metadata={"description": "The member's id."})
    given_name = ma.fields.String(metadata={"description": "First name."})
    family_name = ma.fields.String(metadata={"description": "Family name."})
    level = ma.fields.String(metadata={"description": "The id of her level."})
    joined_on = fields.LocalDay(metadata={"description": "The day she joined."})
    state = ma.fields.Enum(
        MemberState, by_value=True, metadata={"description": "Where the membership stands."}
    )


class MembersOut(ma.Schema):
    """A page of members."""

    items = ma.fields.List(ma.fields.Nested(MemberRowOut))
    after = ma.fields.String(
        allow_none=True, metadata={"description": "Ask for the next page with this; null: none."}
    )


class StaffCardOut(ma.Schema):
    """A card, as staff see it: its state, and its letters for printing."""

    card_id = ma.fields.String(metadata={"description": "The card's id."})
    code = ma.fields.String(
        metadata={"description": "The letters that a till scans; empty once it has ended."}
    )
    state = ma.fields.Enum(
        CardState, by_value=True, metadata={"description": "Whether it may be used."}
    )


class StaffCardsOut(ma.Schema):
    """Every card of a member, the newest first."""

    items = ma.fields.List(ma.fields.Nested(StaffCardOut))


class MemberOut(ma.Schema):
    """A member, as staff see her."""

    member_id = ma.fields.String(metadata={"description": "The member's id."})
    state = ma.fields.Enum(
        MemberState, by_value=True, metadata={"description": "Where the membership stands."}
    )
    language = ma.fields.String(metadata={"description": "`fr` or `en`."})
    given_name = ma.fields.String(metadata={"description": "First name."})
    family_name = ma.fields.String(metadata={"description": "Family name."})
    email = ma.fields.String(allow_none=True, metadata={"description": "E-mail address."})
    phone = ma.fields.String(allow_none=True, metadata={"description": "Number in E.164."})
    joined_on = fields.LocalDay(metadata={"description": "The day she joined."})
    home_store_id = ma.fields.String(
        allow_none=True, metadata={"description": "The store she goes to."}
    )
    points = ma.fields.Nested(BalanceOut)
    tier = ma.fields.Nested(MyTierOut)
    vouchers = ma.fields.List(ma.fields.Nested(VoucherOut))
