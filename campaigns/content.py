"""What a campaign says in one language, checked field by field before it may be saved."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from campaigns.values import Channel
from campaigns.wording.gsm import MAX_PARTS, sms_size
from campaigns.wording.markup import wrong_links
from campaigns.wording.mistakes import Mistake, Where
from campaigns.wording.placeholders import Reading, read_text
from campaigns.wording.vocabulary import PLACEHOLDERS, Placeholder

MAX_SUBJECT = 150
MAX_PREHEADER = 150
MAX_BODY = 20_000
MAX_SMS = 900


@dataclass(frozen=True, slots=True)
class Content:
    """The texts of one language. An empty text means that its channel is not written to in it."""

    subject: str = ""
    preheader: str = ""
    body: str = ""
    sms: str = ""

    def document(self) -> dict[str, str]:
        """Return the texts as a document; empty ones are left out."""
        texts = {name: getattr(self, name) for name in FIELDS}
        return {name: text for name, text in texts.items() if text}

    def says(self, channel: Channel) -> bool:
        """Tell whether there is something to send by ``channel``."""
        return bool(self.subject and self.body) if channel is Channel.EMAIL else bool(self.sms)


FIELDS = ("subject", "preheader", "body", "sms")
Mistakes = dict[str, tuple[Mistake, ...]]


def read_content(document: Mapping[str, Any]) -> Content:
    """Return the texts of a document, composed (NFC), with plain line ends and no outer space."""
    return Content(**{name: _tidy(str(document.get(name) or "")) for name in FIELDS})


def check_content(content: Content, channels: frozenset[Channel]) -> Mistakes:
    """Return what is wrong, by field; nothing when the texts may be sent by ``channels``."""
    mistakes = {name: reading(content, name).mistakes for name in FIELDS}
    body = reading(content, "body")
    mistakes["body"] += wrong_links(content.body, body.pieces)
    parts = sms_size(content.sms).parts
    if parts > MAX_PARTS:
        mistakes["sms"] += (Where(content.sms).mistake(0, "too-many-parts", str(parts), "6"),)
    for channel, name in _NEEDED:
        if channel in channels and not getattr(content, name):
            mistakes[name] += (Where("").mistake(0, "missing", ""),)
    return {name: wrong for name, wrong in mistakes.items() if wrong}


def readable(content: Content) -> Content:
    """Return the content without the fields that have mistakes: what can be shown already."""
    return replace(content, **dict.fromkeys(check_content(content, frozenset()), ""))


def reading(
    content: Content, name: str, vocabulary: Mapping[str, Placeholder] = PLACEHOLDERS
) -> Reading:
    """Take one field apart."""
    channel, at_most, one_line = _SHAPES[name]
    return read_text(
        getattr(content, name), channel, at_most=at_most, one_line=one_line, vocabulary=vocabulary
    )


_NEEDED = ((Channel.EMAIL, "subject"), (Channel.EMAIL, "body"), (Channel.SMS, "sms"))
_SHAPES = {
    "subject": (Channel.EMAIL, MAX_SUBJECT, True),
    "preheader": (Channel.EMAIL, MAX_PREHEADER, True),
    "body": (Channel.EMAIL, MAX_BODY, False),
    "sms": (Channel.SMS, MAX_SMS, False),
}


def _tidy(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return unicodedata.normalize("NFC", lines)
