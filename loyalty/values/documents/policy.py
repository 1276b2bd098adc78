"""How offers stand beside each other: keys at the root of the programme, which offers interpret."""

from __future__ import annotations

from loyalty.kernel.shapes import Either, Flag, Key, ListOf, Struct, Text, Word

POLICY_KEYS = (
    Key(
        "choice",
        Either(
            Word("best_for_shopper", "cheapest_honouring", "best_per_line"),
            Struct("in order", (Key("in_order", ListOf(Text()), required=True),)),
        ),
        doc="Which of the offers that could apply do.",
    ),
    Key(
        "order_discount_applies_to",
        Word("what_is_left", "original"),
        doc="What a basket offer is taken from.",
    ),
    Key("free_units_take_other_offers", Flag(), doc="Whether free units take other offers."),
    Key(
        "multibuy_units_serve",
        Word("one_offer", "every_offer"),
        doc="Whether a unit that one multi-unit offer used serves another.",
    ),
    Key(
        "offer_rounding",
        Struct(
            "offer rounding",
            (
                Key("at", Word("per_unit", "per_line", "per_offer"), doc="Where it rounds."),
                Key("mode", Word("half_up", "half_even"), doc="How it rounds."),
                Key("rounds", Word("discount", "price"), doc="Which figure is rounded."),
            ),
        ),
        doc="How money of offers is rounded.",
    ),
    Key(
        "proration",
        Struct(
            "proration",
            (
                Key(
                    "remainder",
                    Word("largest_remainder", "first_takes_rest", "last_takes_rest"),
                    doc="Where the rest goes.",
                ),
                Key("over", Word("gross", "net"), doc="By what the shares are weighed."),
                Key(
                    "amount_on_several_lines",
                    Word("pro_rata", "least_waste"),
                    doc="How amounts whose targets overlap are placed.",
                ),
            ),
        ),
        doc="How one benefit is spread over lines.",
    ),
)
