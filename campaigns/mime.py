"""An e-mail as the bytes that go over the wire.

A library message object costs over a millisecond each; this writes the same few headers and two
encoded parts in a twentieth of that. ``tests/campaigns/test_mime.py`` holds it against the standard
library's parser, header injection included.
"""

from __future__ import annotations

import re
from binascii import b2a_base64, b2a_qp
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, parseaddr

from campaigns.letters import LetterText
from campaigns.values import Lane, MessageId
from campaigns.wording.spelling import cleaned

MAX_HEADER = 400
"""Characters of a subject once its slots are filled; far below the 998 octets of a line."""

MAX_ADDRESS = 254
"""Source: RFC 5321 section 4.5.3.1.3, less the angle brackets."""

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_PLAIN = re.compile(r"[ -~]*")
_PLAIN_URL = re.compile(r"https?://[!-;=?-~]+")
_SPECIAL = re.compile(r'[()<>@,;:\\".\[\]]')
_BOUNDARY = b"=_palier_part"
"""``=_`` occurs neither in quoted-printable nor in base 64, so no body can hold the boundary."""

_LINE = 76
"""Letters of base 64 on one line. Source: RFC 2045 section 6.8."""

_WORD_BYTES = 42
"""Bytes in one encoded word: 56 letters of base 64, 75 with its wrapping (RFC 2047 section 2)."""


class AddressRefused(ValueError):
    """The address cannot stand in a header or an SMTP command; nothing was sent."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who writes, to whom, about which message, and how the reader gets out of it.

    ``unsubscribe_url`` acts on POST without a sign-in (RFC 8058); marketing only.
    """

    message_id: MessageId
    sender: str
    recipient: str
    lane: Lane
    unsubscribe_url: str = ""


@dataclass(frozen=True, slots=True)
class Mail:
    """A message ready for a transport: the envelope of SMTP and the bytes after DATA."""

    message_id: MessageId
    sender: str
    recipient: str
    data: bytes


def write_mail(envelope: Envelope, text: LetterText, *, at: datetime) -> Mail:
    """Return the message as bytes with CRLF line ends.

    The Message-ID is derived from ours, so that a second copy after a crash can be recognised.

    Raises:
        AddressRefused: the recipient is no address that mail can be sent to.
    """
    sender_name, sender = parseaddr(envelope.sender)
    domain = checked_address(sender).rpartition("@")[2]
    recipient = checked_address(envelope.recipient)
    headers = [
        f"From: {_phrase(sender_name)}<{sender}>",
        f"To: <{recipient}>",
        f"Subject: {_words(text.subject)}",
        f"Date: {format_datetime(at)}",
        f"Message-ID: <{envelope.message_id}@{domain}>",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="{_BOUNDARY.decode()}"',
    ]
    headers += _way_out(envelope, domain)
    data = b"\r\n".join(
        [
            "\r\n".join(headers).encode("ascii"),
            b"",
            *_part(b"plain", text.text),
            *_part(b"html", text.html),
            b"--" + _BOUNDARY + b"--",
            b"",
        ]
    )
    return Mail(envelope.message_id, sender, recipient, data)


def checked_address(address: str) -> str:
    """Return the address when it is safe in a header and in an SMTP command.

    Raises:
        AddressRefused: it is too long, or holds anything but the letters of a plain address.
    """
    if len(address) > MAX_ADDRESS or not _ADDRESS.fullmatch(address):
        raise AddressRefused("not a plain e-mail address")
    return address


def _way_out(envelope: Envelope, domain: str) -> list[str]:
    """Return the headers that say what kind of mail this is and how to stop it."""
    if envelope.lane is Lane.TRANSACTIONAL:
        return ["Auto-Submitted: auto-generated"]
    url = envelope.unsubscribe_url
    assert _PLAIN_URL.fullmatch(url), "our own links are plain"
    return [
        f"List-Unsubscribe: <{url}>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        f"List-Id: <marketing.{domain}>",
    ]


def _phrase(name: str) -> str:
    """Return a sender's name before an address; letters with a meaning there are encoded."""
    if not name:
        return ""
    special = _SPECIAL.search(name)
    return (_encoded(cleaned(name)) if special else _words(name)) + " "


def _words(text: str) -> str:
    """Return text fit for a header, on one line: as it is when plain, otherwise encoded."""
    text = cleaned(text)[:MAX_HEADER]
    if _PLAIN.fullmatch(text) and "=?" not in text:
        return text
    return _encoded(text)


def _encoded(text: str) -> str:
    """Return encoded words, folded, none splitting a letter. Source: RFC 2047 sections 2 and 5."""
    words = []
    word = b""
    for letter in text:
        octets = letter.encode()
        if len(word) + len(octets) > _WORD_BYTES:
            words.append(word)
            word = b""
        word += octets
    words.append(word)
    return "\r\n ".join(f"=?utf-8?b?{b2a_base64(w, newline=False).decode()}?=" for w in words)


def _part(subtype: bytes, text: str) -> list[bytes]:
    """Return a part: text so that it can be read on the wire, HTML so that it is quick to write.

    The encoder of quoted-printable ends soft lines as the text ends its own: so it ends with one.
    """
    lines = f"{text}\n".replace("\n", "\r\n").encode()
    if subtype == b"html":
        letters = b2a_base64(lines, newline=False)
        encoding = b"base64"
        body = b"\r\n".join([letters[at : at + _LINE] for at in range(0, len(letters), _LINE)])
    else:
        encoding, body = b"quoted-printable", b2a_qp(lines, istext=True)
    return [
        b"--" + _BOUNDARY,
        b"Content-Type: text/" + subtype + b"; charset=utf-8",
        b"Content-Transfer-Encoding: " + encoding,
        b"",
        body,
    ]
