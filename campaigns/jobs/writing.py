"""From a claimed message to the bytes or words that leave: texts made ready once, then filled."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from campaigns.commands import Claimed
from campaigns.document import CampaignDocument, read_campaign
from campaigns.house_letters import LETTERS, SIGN_IN
from campaigns.letters import Texts
from campaigns.links import page_links, unsubscribe_link
from campaigns.mime import Envelope, Mail, write_mail
from campaigns.queries import version_document
from campaigns.queries.words import (
    OFFER_NAMES,
    Best,
    ReadyTexts,
    best_offer,
    level_names,
    member_values,
    ready_texts,
)
from campaigns.transports.port import SmsOut
from campaigns.values import Channel, Lane, MessageId, Work
from campaigns.wording.frame import Frame
from campaigns.wording.spelling import Language, language_of
from campaigns.wording.vocabulary import Value
from loyalty.kernel.runtime import Runtime
from loyalty.kernel.tx import Tx
from loyalty.queries import sign_in_link
from loyalty.values import MemberId

MOST_VERSIONS = 64
"""Versions whose texts are kept ready; the one used longest ago makes room."""


@dataclass(slots=True)
class Writer:
    """Writes messages. Belongs to one worker; what it keeps ready never changes."""

    runtime: Runtime
    _ready: OrderedDict[tuple[str, int], ReadyTexts] = field(default_factory=OrderedDict)

    def gather(self, tx: Tx, work: Work, messages: Sequence[Claimed]) -> Batch:
        """Read what the words of a batch need beyond what the claim has brought."""
        texts = {one.version: self._texts(tx, work, one.version) for one in messages}
        used = {name for ready in texts.values() for name in _names(ready, work.channel)}
        best = {}
        if used & OFFER_NAMES:
            best = {one.member_id: best_offer(tx, one.contact) for one in messages}
        entrances = {}
        if work.campaign_id == SIGN_IN:
            entrances = {one.message_id: self._entrance(tx, one) for one in messages}
        levels = level_names(tx, {one.contact.level for one in messages})
        return Batch(self.runtime, work, texts, levels, best, entrances)

    def _texts(self, tx: Tx, work: Work, version: int) -> ReadyTexts:
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
    texts: dict[int, ReadyTexts]
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


def _names(ready: ReadyTexts, channel: Channel) -> set[str]:
    return {name for texts in ready.values() for name in texts.names(channel)}


def _document(tx: Tx, work: Work, version: int) -> CampaignDocument:
    """Return the words of a campaign's version, or of a letter of the house."""
    if work.lane is Lane.TRANSACTIONAL:
        return CampaignDocument(contents=LETTERS[work.campaign_id])
    return read_campaign(version_document(tx, work.campaign_id, version)).document
