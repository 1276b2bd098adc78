"""A member's proof, as it is handed over."""

from __future__ import annotations

import marshmallow as ma

from loyalty.schemas.says import number, text


class ProofOut(ma.Schema):
    """Sealed movements and how they hang on the sealed days; checked by a short script."""

    format = number("The form of this document.")
    member_id = text("Whose.")
    fields_ = ma.fields.List(
        ma.fields.String(),
        data_key="fields",
        attribute="fields",
        metadata={"description": "What each seal covers, in this order."},
    )
    wallets = ma.fields.List(
        ma.fields.Dict(), metadata={"description": "Postings with their seals, by wallet."}
    )
    days = ma.fields.List(ma.fields.Dict(), metadata={"description": "Every sealed day."})
    programmes = ma.fields.Dict(
        metadata={"description": "The hashes of the versions that the movements name."}
    )
