"""A campaign's texts made ready once per version and language, then filled once per member."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass

from campaigns.content import Content, reading
from campaigns.values import Channel, Lane
from campaigns.wording.frame import BODY_STYLES, Frame, framed_html, framed_text
from campaigns.wording.gsm import sms_size, to_gsm
from campaigns.wording.markup import to_body
from campaigns.wording.placeholders import Pieces, fill, names_in
from campaigns.wording.spelling import Language, bound
from campaigns.wording.vocabulary import LETTER_ONLY, PLACEHOLDERS, Value

Values = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class LetterText:
    """An e-mail to one member, before it becomes a MIME message."""

    subject: str
    html: str
    text: str


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail of one version in one language, with slots where members differ."""

    language: Language
    subject: Pieces
    html: Pieces
    text: Pieces

    def write(self, values: Values) -> LetterText:
        """Return the e-mail for these values; every filled slot is escaped in the HTML part."""
        return LetterText(
            subject=fill(self.subject, values, self.language),
            html=fill(self.html, values, self.language, html.escape),
            text=fill(self.text, values, self.language),
        )


@dataclass(frozen=True, slots=True)
class Sms:
    """An SMS of one version in one language.

    ``plain``: the author kept to the GSM alphabet, so a member's name may not leave it either and
    is written with the nearest letters; otherwise one ``ê`` in a name would double the price.
    """

    language: Language
    pieces: Pieces
    plain: bool

    def write(self, values: Values) -> str:
        """Return the SMS for these values."""
        return fill(self.pieces, values, self.language, to_gsm if self.plain else str)


@dataclass(frozen=True, slots=True)
class Texts:
    """Everything a version says in one language, ready to be filled."""

    letter: Letter | None
    sms: Sms | None

    def names(self, channel: Channel) -> frozenset[str]:
        """Return the placeholders that the message of a channel uses."""
        if channel is Channel.SMS:
            return names_in(self.sms.pieces) if self.sms else frozenset()
        if self.letter is None:
            return frozenset()
        return names_in(self.letter.subject) | names_in(self.letter.html)


def prepare(content: Content, language: Language, frame: Frame) -> Texts:
    """Make the texts of a checked content ready. ``frame`` is what surrounds every message."""
    return Texts(
        letter=prepare_letter(content, language, frame) if content.says(Channel.EMAIL) else None,
        sms=prepare_sms(content, language, frame) if content.says(Channel.SMS) else None,
    )


def prepare_letter(content: Content, language: Language, frame: Frame) -> Letter:
    """Make an e-mail ready: its body as HTML and as text, inside the frame of the brand."""
    body = to_body(typeset(_pieces(content, "body", frame), language), BODY_STYLES)
    preheader = typeset(_pieces(content, "preheader", frame), language)
    return Letter(
        language=language,
        subject=typeset(_pieces(content, "subject", frame), language),
        html=framed_html(body.html, preheader, language, frame),
        text=framed_text(body.text, language, frame),
    )


def typeset(pieces: Pieces, language: Language) -> Pieces:
    """Return the author's words with the spaces that French binds to its punctuation."""
    if language != "fr":
        return pieces
    return tuple(bound(piece) if isinstance(piece, str) else piece for piece in pieces)


def prepare_sms(content: Content, language: Language, frame: Frame) -> Sms:
    """Make an SMS ready; marketing ends with how to stop it, as the law and the operators ask."""
    pieces = _pieces(content, "sms", frame)
    if frame.lane is Lane.MARKETING and frame.sms_stop:
        pieces = (*pieces, f" {frame.sms_stop}")
    words = "".join(piece for piece in pieces if isinstance(piece, str))
    return Sms(language, pieces, plain=not sms_size(words).culprits)


def _pieces(content: Content, name: str, frame: Frame) -> Pieces:
    """Return the pieces of a checked field; letters of the house may use names of their own."""
    own = LETTER_ONLY if frame.lane is Lane.TRANSACTIONAL else {}
    found = reading(content, name, {**PLACEHOLDERS, **own})
    assert not found.mistakes, f"only checked texts are made ready: {found.mistakes}"
    return found.pieces
