"""From a claimed message to the bytes or words that leave: texts made ready once, then filled."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from campaigns.commands import Claimed
from campaigns.document import CampaignDocument, read_campaign
from campaigns.house_letters import LETTERS, SIGN_IN
from campaigns.letters import Texts, prepare
from campaigns.links import page_links, unsubscribe_link
from campaigns.mime import Envelope, Mail, write_mail
from campaigns.queries import version_document
from campaigns.transports.port import SmsOut
from campaigns.values import Channel, Lane, MessageId, Work
from campaigns.wording.frame import Frame
from campaigns.wording.spelling import LANGUAGES, Language, language_of
from campaigns.wording.vocabulary import Value
from loyalty.kernel.runtime import Runtime
from loyalty.kernel.tx import Tx
from loyalty.queries import Contact, current_programme, sign_in_link
from loyalty.values import MemberId
from offers.queries import member_offers

MOST_VERSIONS = 64
"""Versions whose texts are kept ready; the one used longest ago makes room."""

_OFFER_NAMES = frozenset({"offer", "expires"})


@dataclass(frozen=True, slots=True)
class Best:
    """The offer that leads a member's list."""

    name: str
    ends_on: date | None


@dataclass(slots=True)
class Writer:
    """Writes messages. Belongs to one worker; what it keeps ready never changes."""

    runtime: Runtime
    _ready: OrderedDict[tuple[str, int], dict[tuple[Channel, str], Texts]] = field(
        default_factory=OrderedDict
    )

    def gather(self, tx: Tx, work: Work, messages: Sequence[Claimed]) -> Batch:
        """Read what the words of a batch need beyond what the claim has brought."""
        texts = {one.version: self._texts(tx, work, one.version) for one in messages}
        used = {name for ready in texts.values() for name in _names(ready, work.channel)}
        best = {}
        if used & _OFFER_NAMES:
            best = {one.member_id: best_offer(tx, one.contact) for one in messages}
        entrances = {}
        if work.campaign_id == SIGN_IN:
            entrances = {one.message_id: self._entrance(tx, one) for one in messages}
        levels = level_names(tx, {one.contact.level for one in messages})
        return Batch(self.runtime, work, texts, levels, best, entrances)

    def _texts(self, tx: Tx, work: Work, version: int) -> dict[tuple[Channel, str], Texts]:
        """Return the texts of a version, made ready on first need."""
        key = (work.campaign_id, version)
        if key in self._ready:
            self._ready.move_to_end(key)
            return self._ready[key]
        settings = self.runtime.settings
        frame = Frame(work.lane, settings.brand, settings.sms_stop)
        ready = ready_texts(_document(tx, work, version), frame)
        self._ready[key] = ready
        while len(self._ready) > MOST_VERSIONS:
            self._ready.popitem(last=False)
        return ready

    def _entrance(self, tx: Tx, message: Claimed) -> str:
        return sign_in_link(
            tx,
            keys=self.runtime.keys,
            public_url=self.runtime.settings.public_url,
            member_id=message.member_id,
            request_id=message.occurrence_id,
        )


@dataclass(frozen=True, slots=True)
class Batch:
    """What the messages of one batch are written from."""

    runtime: Runtime
    work: Work
    texts: dict[int, dict[tuple[Channel, str], Texts]]
    levels: dict[tuple[str, str], str]
    best: dict[MemberId, Best | None]
    entrances: dict[MessageId, str]

    def mail(self, message: Claimed, *, at: datetime) -> Mail:
        """Return the e-mail of a message.

        Raises:
            AddressRefused: the member's address is none that mail can be sent to.
        """
        settings, keys = self.runtime.settings, self.runtime.keys
        letter = self._text(message).letter
        assert letter is not None, "a version has the words of its channels"
        way_out = unsubscribe_link(keys, settings.public_url, message.message_id, now=at)
        values = self._values(message, letter.language) | {
            "unsubscribe_link": way_out,
            "sign_in_link": self.entrances.get(message.message_id),
        }
        envelope = Envelope(
            message_id=message.message_id,
            sender=settings.mail_from,
            recipient=message.contact.email or "",
            lane=self.work.lane,
            unsubscribe_url=way_out if self.work.lane is Lane.MARKETING else "",
        )
        return write_mail(envelope, letter.write(values), at=at)

    def sms(self, message: Claimed) -> SmsOut:
        """Return the SMS of a message."""
        sms = self._text(message).sms
        assert sms is not None, "a version has the words of its channels"
        text = sms.write(self._values(message, sms.language))
        sender = self.runtime.settings.sms_sender
        return SmsOut(message.message_id, sender, message.contact.phone or "", text)

    def _text(self, message: Claimed) -> Texts:
        spoken = language_of(message.contact.language)
        return self.texts[message.version][self.work.channel, spoken]

    def _values(self, message: Claimed, language: Language) -> dict[str, Value]:
        return member_values(
            message.contact,
            level_name=self.levels[message.contact.level, language],
            brand=self.runtime.settings.brand,
            links=page_links(self.runtime.settings.public_url),
            best=self.best.get(message.member_id),
        )


def ready_texts(document: CampaignDocument, frame: Frame) -> dict[tuple[Channel, str], Texts]:
    """Make a document's texts ready for every channel it uses and every language of a member."""
    ready: dict[tuple[Channel, str], Texts] = {}
    for channel in Channel:
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


def _names(ready: dict[tuple[Channel, str], Texts], channel: Channel) -> set[str]:
    return {name for texts in ready.values() for name in texts.names(channel)}


def _document(tx: Tx, work: Work, version: int) -> CampaignDocument:
    """Return the words of a campaign's version, or of a letter of the house."""
    if work.lane is Lane.TRANSACTIONAL:
        return CampaignDocument(contents=LETTERS[work.campaign_id])
    return read_campaign(version_document(tx, work.campaign_id, version)).document
