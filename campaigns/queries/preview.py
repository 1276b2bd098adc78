"""A campaign before it is sent: how many it is for, and how it reads to one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from campaigns.content import Content, readable
from campaigns.document import CampaignDocument
from campaigns.letters import Texts, prepare
from campaigns.links import page_links
from campaigns.queries.audience import AudienceCount, count_audience, sample_audience
from campaigns.queries.words import OFFER_NAMES, best_offer, level_names, member_values
from campaigns.values import Channel, Lane
from campaigns.wording.frame import Frame
from campaigns.wording.gsm import SmsSize, sms_size, to_gsm
from campaigns.wording.spelling import Language
from campaigns.wording.vocabulary import Value
from loyalty.kernel.tx import Tx
from loyalty.queries import Contact, contacts
from loyalty.values import MemberId


@dataclass(frozen=True, slots=True)
class Terms:
    """What an installation adds to every message, and what an SMS part costs it."""

    brand: str
    public_url: str
    sms_stop: str
    sms_part_minor: int


@dataclass(frozen=True, slots=True)
class SmsPreview:
    """An SMS as it would leave. ``plain`` is the author's text in the cheap alphabet."""

    text: str
    size: SmsSize
    cost_minor: int
    plain: str


@dataclass(frozen=True, slots=True)
class TextPreview:
    """The messages of one language to one member; a channel without words has none."""

    subject: str = ""
    html: str = ""
    text: str = ""
    sms: SmsPreview | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a marketer sees while she writes. ``people`` are members to preview as."""

    count: AudienceCount
    people: tuple[Contact, ...]
    shown_as: Contact | None
    texts: Mapping[Language, TextPreview] = field(default_factory=dict)


def preview_campaign(
    tx: Tx,
    *,
    document: CampaignDocument,
    today: date,
    terms: Terms,
    member_id: MemberId | None = None,
) -> Preview:
    """Return how a document would reach its audience on ``today``, written to one of them.

    ``member_id`` chooses whom; otherwise it is the first of the audience. Texts with mistakes are
    left out. Nothing is stored.
    """
    sample = sample_audience(tx, audience=document.audience, today=today)
    wanted = (member_id,) if member_id else ()
    known = contacts(tx, [*wanted, *sample])
    people = tuple(known[one] for one in dict.fromkeys([*wanted, *sample]) if one in known)
    shown_as = people[0] if people else None
    return Preview(
        count=count_audience(tx, audience=document.audience, today=today),
        people=people,
        shown_as=shown_as,
        texts={
            language: _text_preview(tx, readable(content), language, terms, shown_as)
            for language, content in document.contents.items()
        },
    )


def _text_preview(
    tx: Tx, content: Content, language: Language, terms: Terms, contact: Contact | None
) -> TextPreview:
    texts = prepare(content, language, Frame(Lane.MARKETING, terms.brand, terms.sms_stop))
    values = _values(tx, texts, language, terms, contact)
    letter = texts.letter.write(values) if texts.letter else None
    return TextPreview(
        subject=letter.subject if letter else "",
        html=letter.html if letter else "",
        text=letter.text if letter else "",
        sms=_sms_preview(content, texts, values, terms) if texts.sms else None,
    )


def _values(
    tx: Tx, texts: Texts, language: Language, terms: Terms, contact: Contact | None
) -> dict[str, Value]:
    """Return the values of a real member, or empty ones when nobody is in the audience."""
    links = page_links(terms.public_url)
    way_out: dict[str, Value] = {"unsubscribe_link": links["preferences_link"]}
    if contact is None:
        nothing: dict[str, Value] = dict.fromkeys(
            ("first_name", "tier", "store", "offer", "expires")
        )
        return nothing | {"points": 0, "brand": terms.brand, **links} | way_out
    used = texts.names(Channel.EMAIL) | texts.names(Channel.SMS)
    values = member_values(
        contact,
        level_name=level_names(tx, [contact.level])[contact.level, language],
        brand=terms.brand,
        links=links,
        best=best_offer(tx, contact) if used & OFFER_NAMES else None,
    )
    return values | way_out


def _sms_preview(
    content: Content, texts: Texts, values: Mapping[str, Value], terms: Terms
) -> SmsPreview:
    assert texts.sms is not None, "only an SMS that has words is shown"
    text = texts.sms.write(values)
    size = sms_size(text)
    return SmsPreview(text, size, size.parts * terms.sms_part_minor, to_gsm(content.sms))
