"""Into a folder instead of out of the building: the demo's mailbox, and the null transport.

Each message is one file named after its id, written beside its place and then renamed into it, so
that a reader never sees half of one and sending again replaces it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from campaigns.mime import Mail
from campaigns.transports.port import HandedOver, SmsOut, TransportError
from campaigns.values import MessageId

MAIL_SUFFIX, SMS_SUFFIX = ".eml", ".sms.json"


class FileMail:
    """Writes e-mails as ``<message id>.eml`` into a folder."""

    name = "file"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, mail: Mail) -> HandedOver:
        """Write the mail.

        Raises:
            TransportError: the folder cannot be written; nothing is in it.
        """
        write_whole(self.folder / f"{mail.message_id}{MAIL_SUFFIX}", mail.data)
        return HandedOver()

    def close(self) -> None:
        """Nothing is kept open."""


class FileSms:
    """Writes SMS as ``<message id>.sms.json`` into a folder."""

    name = "file"

    def __init__(self, folder: Path, clock: Callable[[], datetime]) -> None:
        self.folder = folder
        self.clock = clock

    def send(self, sms: SmsOut) -> HandedOver:
        """Write the SMS.

        Raises:
            TransportError: the folder cannot be written; nothing is in it.
        """
        store_sms(self.folder, sms, at=self.clock())
        return HandedOver()

    def ask(self, message_id: MessageId) -> bool | None:
        """Tell whether the SMS lies in the folder."""
        return (self.folder / f"{message_id}{SMS_SUFFIX}").is_file()

    def close(self) -> None:
        """Nothing is kept open."""


def store_sms(folder: Path, sms: SmsOut, *, at: datetime) -> None:
    """Write an SMS into the mailbox folder; writing the same again replaces it.

    Raises:
        TransportError: the folder cannot be written.
    """
    document = {
        "id": sms.message_id,
        "from": sms.sender,
        "to": sms.recipient,
        "text": sms.text,
        "at": at.isoformat(),
    }
    octets = json.dumps(document, ensure_ascii=False, indent=1).encode()
    write_whole(folder / f"{sms.message_id}{SMS_SUFFIX}", octets)


def write_whole(path: Path, octets: bytes) -> None:
    """Write a file so that it is there whole or not at all.

    Raises:
        TransportError: it cannot be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(octets)
        beside.replace(path)
    except OSError as error:
        raise TransportError("file", error.strerror or "", down=True) from error
