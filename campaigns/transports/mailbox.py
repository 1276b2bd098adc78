"""Reading the mailbox folder: what the file transport and the demo's SMS sink have put there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from campaigns.transports.file import MAIL_SUFFIX, SMS_SUFFIX
from campaigns.values import Channel

MOST_SEARCHED = 2000
"""A search looks at the newest so many messages."""

_SUFFIXES: dict[Channel | None, tuple[str, ...]] = {
    Channel.EMAIL: (MAIL_SUFFIX,),
    Channel.SMS: (SMS_SUFFIX,),
    None: (MAIL_SUFFIX, SMS_SUFFIX),
}
_ID = re.compile(r"[a-z0-9_]{1,60}")


@dataclass(frozen=True, slots=True)
class MailboxMessage:
    """A message as its reader sees it. ``html`` is empty for an SMS."""

    message_id: str
    channel: Channel
    sender: str
    recipient: str
    subject: str
    text: str
    html: str
    at: datetime
    headers: tuple[tuple[str, str], ...] = ()


def newest_messages(
    folder: Path, *, search: str = "", channel: Channel | None = None, limit: int = 100
) -> list[MailboxMessage]:
    """Return messages, the newest first; ``search`` looks in addresses, subjects and texts."""
    found: list[MailboxMessage] = []
    words = search.casefold().split()
    for message in _newest(folder, channel):
        if len(found) >= limit:
            break
        seen = f"{message.recipient} {message.subject} {message.text}".casefold()
        if all(word in seen for word in words):
            found.append(message)
    return sorted(found, key=lambda message: (message.at, message.message_id), reverse=True)


def read_message(folder: Path, message_id: str) -> MailboxMessage | None:
    """Return one message; ``None`` when the folder does not hold it."""
    if not _ID.fullmatch(message_id):
        return None
    for suffix in (MAIL_SUFFIX, SMS_SUFFIX):
        path = folder / f"{message_id}{suffix}"
        if path.is_file():
            return _read(path)
    return None


def recipients_of(folder: Path) -> list[tuple[str, int]]:
    """Return who was written to among the newest messages, and how often, by address."""
    counts: dict[str, int] = {}
    for message in _newest(folder, None):
        counts[message.recipient] = counts.get(message.recipient, 0) + 1
    return sorted(counts.items())


def _newest(folder: Path, channel: Channel | None) -> Iterator[MailboxMessage]:
    """Yield messages by falling id; ids grow with time."""
    if not folder.is_dir():
        return
    wanted = _SUFFIXES[channel]
    names = sorted(
        (path for path in folder.iterdir() if path.name.endswith(wanted) and path.name[0] != "."),
        reverse=True,
    )
    for path in names[:MOST_SEARCHED]:
        message = _read(path)
        if message is not None:
            yield message


def _read(path: Path) -> MailboxMessage | None:
    """Read a file; ``None`` when it has just gone or is none of ours."""
    try:
        octets = path.read_bytes()
        if path.name.endswith(SMS_SUFFIX):
            return _read_sms(json.loads(octets))
        return _read_mail(path.name.removesuffix(MAIL_SUFFIX), octets)
    except (OSError, ValueError, KeyError):
        return None


def _read_sms(document: dict[str, str]) -> MailboxMessage:
    return MailboxMessage(
        message_id=document["id"],
        channel=Channel.SMS,
        sender=document["from"],
        recipient=document["to"],
        subject="",
        text=document["text"],
        html="",
        at=datetime.fromisoformat(document["at"]).astimezone(UTC),
    )


def _read_mail(message_id: str, octets: bytes) -> MailboxMessage:
    mail = message_from_bytes(octets, policy=policy.default)
    assert isinstance(mail, EmailMessage), "the default policy makes these"
    return MailboxMessage(
        message_id=message_id,
        channel=Channel.EMAIL,
        sender=str(mail["From"]),
        recipient=str(mail["To"]).strip("<>"),
        subject=str(mail["Subject"]),
        text=_part(mail, "plain"),
        html=_part(mail, "html"),
        at=parsedate_to_datetime(str(mail["Date"])).astimezone(UTC),
        headers=tuple((name, str(value)) for name, value in mail.items()),
    )


def _part(mail: EmailMessage, subtype: str) -> str:
    body = mail.get_body((subtype,))
    return str(body.get_content()) if body is not None else ""
