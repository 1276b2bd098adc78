"""What travels: offers, previews, results and a member's offers, in JSON."""

from __future__ import annotations

import marshmallow as ma

from loyalty.kernel.web import fields
from offers.values import GrantState, OfferState


class OfferDocumentIn(ma.Schema):
    """An offer document, in the vocabulary of offers."""

    document = ma.fields.Dict(
        keys=ma.fields.String(),
        required=True,
        metadata={"description": "The offer, key by key; docs/reference/offers.md names them."},
    )


class OfferStateIn(ma.Schema):
    """What an offer is to become."""

    state = ma.fields.Enum(
        OfferState,
        by_value=True,
        required=True,
        validate=ma.validate.OneOf([OfferState.LIVE, OfferState.ENDED]),
        metadata={"description": "`live` launches a draft, `ended` ends an offer."},
    )
    reason = fields.TextLine(
        longest=200,
        may_be_empty=True,
        load_default="",
        metadata={"description": "Why, for the audit trail."},
    )


class OfferListArgs(ma.Schema):
    """Which offers are wanted."""

    state = ma.fields.Enum(
        OfferState,
        by_value=True,
        load_default=None,
        metadata={"description": "Only offers in this state."},
    )
    limit = fields.Whole(
        load_default=50,
        at_least=1,
        at_most=200,
        from_text=True,
        metadata={"description": "How many rows, 1 to 200."},
    )
    after = ma.fields.String(
        load_default=None,
        validate=ma.validate.Length(max=60),
        metadata={"description": "The `after` of the page before."},
    )


class OfferDraftedOut(ma.Schema):
    """A draft that was kept."""

    offer_id = ma.fields.String(metadata={"description": "Its id."})
    slug = ma.fields.String(metadata={"description": "The offer's own name, the document's `id`."})
    version = fields.Whole(metadata={"description": "Which version of the slug this is, from 1."})


class OfferChangedOut(ma.Schema):
    """Where an offer stands now."""

    offer_id = ma.fields.String(metadata={"description": "Its id."})
    slug = ma.fields.String(metadata={"description": "The offer's own name."})
    state = ma.fields.Enum(OfferState, by_value=True, metadata={"description": "Its state."})
    changed = ma.fields.Boolean(metadata={"description": "False when it already stood there."})


class OfferSummaryOut(ma.Schema):
    """An offer in a list."""

    offer_id = ma.fields.String(metadata={"description": "Its id."})
    slug = ma.fields.String(metadata={"description": "The offer's own name."})
    version = fields.Whole(metadata={"description": "Version of the slug, from 1."})
    state = ma.fields.Enum(OfferState, by_value=True, metadata={"description": "Its state."})
    name = ma.fields.String(metadata={"description": "Its name in the language asked for."})
    value = ma.fields.String(metadata={"description": "What it gives, in a few characters."})
    kind = ma.fields.String(metadata={"description": "percent, amount, points_bonus, ..."})
    tier = ma.fields.String(
        allow_none=True, metadata={"description": "The lowest level that may have it."}
    )
    starts_on = fields.LocalDay(allow_none=True, metadata={"description": "First local day."})
    ends_on = fields.LocalDay(allow_none=True, metadata={"description": "Last local day."})
    activation = ma.fields.Boolean(metadata={"description": "Members must tap it first."})
    granted_only = ma.fields.Boolean(metadata={"description": "Only members it was given to."})
    members_only = ma.fields.Boolean(metadata={"description": "Nobody without a card has it."})


class OfferPageOut(ma.Schema):
    """A page of offers."""

    items = ma.fields.List(
        ma.fields.Nested(OfferSummaryOut), metadata={"description": "The offers."}
    )
    after = ma.fields.String(
        allow_none=True, metadata={"description": "Asks for the next page; null at the end."}
    )


class OfferResultsOut(ma.Schema):
    """What an offer has done; what was returned is left out."""

    uses = fields.Whole(metadata={"description": "Purchases on which it worked."})
    members = fields.Whole(metadata={"description": "Members among them, each once."})
    discount_minor = fields.Whole(metadata={"description": "Money given, minor units."})
    points = fields.Whole(metadata={"description": "Points given."})
    restored = fields.Whole(metadata={"description": "Uses given back by returns."})
    listed = fields.Whole(metadata={"description": "Members in whose list it stands."})
    activated = fields.Whole(metadata={"description": "Members who tapped it."})


class OfferDetailOut(ma.Schema):
    """Everything about an offer."""

    summary = ma.fields.Nested(OfferSummaryOut, metadata={"description": "As in a list."})
    terms = ma.fields.String(metadata={"description": "Its terms in the language asked for."})
    document = ma.fields.Dict(metadata={"description": "The document as it was written."})
    drafted_at = fields.Instant(metadata={"description": "When it was drafted."})
    launched_at = fields.Instant(allow_none=True, metadata={"description": "When it went live."})
    ended_at = fields.Instant(allow_none=True, metadata={"description": "When it ended."})
    end_reason = ma.fields.String(metadata={"description": "Why it ended."})
    results = ma.fields.Nested(
        OfferResultsOut, metadata={"description": "What it has done so far."}
    )


class OfferPreviewOut(ma.Schema):
    """What an offer would have done in the last 30 days, had it stood alone."""

    since_on = fields.LocalDay(metadata={"description": "First day looked at."})
    until_on = fields.LocalDay(metadata={"description": "Last day looked at."})
    baskets_looked_at = fields.Whole(metadata={"description": "Purchases in those days."})
    baskets = fields.Whole(metadata={"description": "Purchases that would have had it."})
    members = fields.Whole(metadata={"description": "Members among them, each once."})
    discount_minor = fields.Whole(metadata={"description": "Money it would have cost."})
    points = fields.Whole(metadata={"description": "Points it would have given."})
    turnover_minor = fields.Whole(
        metadata={"description": "What the lines it looked at were sold for, minor units."}
    )
    stopped_by_limit = ma.fields.Boolean(
        metadata={"description": "A limit or the budget kept it from some baskets."}
    )
    cut_short = ma.fields.Boolean(
        metadata={"description": "More was sold than a preview looks at: the truth is higher."}
    )


class OfferGrantedOut(ma.Schema):
    """That a member has an offer."""

    member_id = ma.fields.String(metadata={"description": "The member."})
    offer_id = ma.fields.String(metadata={"description": "The offer."})
    changed = ma.fields.Boolean(metadata={"description": "False when she already had it."})


class MemberOfferOut(ma.Schema):
    """An offer as its member sees it."""

    offer_id = ma.fields.String(metadata={"description": "Its id."})
    name = ma.fields.String(metadata={"description": "Its name in her language."})
    terms = ma.fields.String(metadata={"description": "Its terms in her language."})
    value = ma.fields.String(metadata={"description": "What it gives, in a few characters."})
    reason = ma.fields.String(metadata={"description": "Why she sees it."})
    state = ma.fields.Enum(GrantState, by_value=True, metadata={"description": "How far she is."})
    activation = ma.fields.Boolean(metadata={"description": "She must tap it before it works."})
    tier = ma.fields.String(allow_none=True, metadata={"description": "Its tier, if it has one."})
    ends_on = fields.LocalDay(allow_none=True, metadata={"description": "Its last local day."})
    category = ma.fields.String(allow_none=True, metadata={"description": "The category it is on."})


class MemberOffersOut(ma.Schema):
    """A member's offers."""

    items = ma.fields.List(
        ma.fields.Nested(MemberOfferOut), metadata={"description": "At most 50, best first."}
    )


class OfferActivationOut(ma.Schema):
    """Where the member stands with an offer."""

    offer_id = ma.fields.String(metadata={"description": "The offer."})
    state = ma.fields.Enum(GrantState, by_value=True, metadata={"description": "Her state now."})
    changed = ma.fields.Boolean(metadata={"description": "False when she already stood there."})
