"""What the words of a message are made from: the facts about one member, in her language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from campaigns.document import CampaignDocument
from campaigns.letters import Texts, prepare
from campaigns.values import Channel
from campaigns.wording.frame import Frame
from campaigns.wording.spelling import LANGUAGES, language_of
from campaigns.wording.vocabulary import Value
from loyalty.kernel.tx import Tx
from loyalty.queries import Contact, current_programme
from offers.queries import member_offers

OFFER_NAMES = frozenset({"offer", "expires"})
"""The placeholders for which a member's offers have to be read."""

ReadyTexts = dict[tuple[Channel, str], Texts]
"""Texts ready to be filled, by channel and by the language of the member."""


@dataclass(frozen=True, slots=True)
class Best:
    """The offer that leads a member's list."""

    name: str
    ends_on: date | None


def ready_texts(document: CampaignDocument, frame: Frame) -> ReadyTexts:
    """Make a document's texts ready for every channel it uses and every language of a member."""
    ready: ReadyTexts = {}
    for channel in document.channels:
        for spoken in LANGUAGES:
            chosen = document.content_for(spoken, channel)
            if chosen is not None:
                ready[channel, spoken] = prepare(chosen[1], chosen[0], frame)
    return ready


def member_values(
    contact: Contact, *, level_name: str, brand: str, links: dict[str, str], best: Best | None
) -> dict[str, Value]:
    """Return what the placeholders stand for in a message to one member."""
    return {
        "first_name": contact.given_name,
        "tier": level_name,
        "points": contact.balance,
        "store": contact.home_store_name,
        "brand": brand,
        "offer": best.name if best else None,
        "expires": best.ends_on if best else None,
        **links,
    }


def level_names(tx: Tx, levels: Iterable[str]) -> dict[tuple[str, str], str]:
    """Return the names of levels by level and language; empty for a member without a level."""
    programme = current_programme(tx)
    return {
        (level, spoken): programme.level_name(level, spoken)
        for level in levels
        for spoken in LANGUAGES
    }


def best_offer(tx: Tx, contact: Contact) -> Best | None:
    """Return the offer that leads a member's list, ``None`` without one."""
    found = member_offers(tx, contact.member_id, language_of(contact.language))
    return Best(found[0].name, found[0].ends_on) if found else None
