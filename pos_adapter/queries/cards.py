"""Who stands at the till: a card that was scanned or typed."""

from __future__ import annotations

from dataclasses import dataclass

from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.queries import card_holder, code_ok
from loyalty.values import CardHolder
from offers.queries import ready_offers
from offers.values import ReadyOffer
from pos_adapter.values import CardShown
from pos_adapter.wedge import ScanKind, read_scan

MOST_OFFERS = 6


@dataclass(frozen=True, slots=True)
class Identified:
    """A member at the till: no contact data; ``offers`` are those that work without her phone."""

    shown: CardShown
    holder: CardHolder
    offers: tuple[ReadyOffer, ...]


def identify(tx: Tx, *, keys: Keys, shown: CardShown, language: str) -> Identified:
    """Return who holds the card that was shown.

    Raises:
        CardNotReadable, CardMistyped: the text is not a code, or a letter of it is wrong.
        UnknownCard, CardBlocked, CardReplaced, MemberBlocked: the card cannot be used.
    """
    holder = holder_of(tx, keys=keys, shown=shown)
    offers = ready_offers(tx, holder.member_id, language, level=holder.level, limit=MOST_OFFERS)
    return Identified(shown=shown, holder=holder, offers=tuple(offers))


def holder_of(tx: Tx, *, keys: Keys, shown: CardShown) -> CardHolder:
    """Return the holder of a card, its text repaired where a keyboard layout has changed it."""
    return card_holder(tx, code_text(shown.code, ScanKind.CARD), keys=keys)


def code_text(typed: str, kind: ScanKind) -> str:
    """Return the code that a scan stands for; text that is no such code comes back as it is."""
    scan = read_scan(typed, code_ok)
    return scan.code if scan.kind is kind else typed
