"""Refusals about cards."""

from __future__ import annotations

from dataclasses import dataclass

from loyalty.kernel.problems import N_, Kind, Problem


@dataclass(eq=False)
class CardNotReadable(Problem):
    """What was scanned or typed is not the code of a card: other letters, length or kind."""

    kind = Kind.INVALID
    slug = "card-not-readable"
    title = N_("This is not a card")
    template = N_("This code is not a card of ours. Scan the card again.")


@dataclass(eq=False)
class CardMistyped(Problem):
    """The code has the shape of a card, but its check letters do not fit: a letter is wrong."""

    kind = Kind.INVALID
    slug = "card-mistyped"
    title = N_("A letter is wrong")
    template = N_("One of the letters is not right. Scan the card again, or check what you typed.")


@dataclass(eq=False)
class UnknownCard(Problem):
    """The code is well formed, but no card has it."""

    kind = Kind.NOT_FOUND
    slug = "unknown-card"
    title = N_("Unknown card")
    template = N_("No member has this card. Look for the member by telephone or e-mail.")


@dataclass(eq=False)
class CardBlocked(Problem):
    """The card was blocked: lost, stolen, or stopped by staff."""

    kind = Kind.CONFLICT
    slug = "card-blocked"
    title = N_("Card blocked")
    template = N_("This card is blocked. Offer the member a new one.")


@dataclass(eq=False)
class CardReplaced(Problem):
    """The card was replaced by a newer one, which the member has."""

    kind = Kind.CONFLICT
    slug = "card-replaced"
    title = N_("Card replaced")
    template = N_("This card was replaced. Ask for the new one.")


@dataclass(eq=False)
class CardNotActive(Problem):
    """Only an active card can be blocked or replaced; this one has ended already."""

    card_id: str
    state: str

    kind = Kind.CONFLICT
    slug = "card-not-active"
    title = N_("This card has ended")
    template = N_(
        "Only an active card can be blocked or replaced. Look at the cards of the member."
    )
