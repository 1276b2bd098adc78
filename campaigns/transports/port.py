"""What every transport takes and answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from campaigns.mime import Mail
from campaigns.values import MessageId


@dataclass(frozen=True, slots=True)
class SmsOut:
    """An SMS ready to leave; ``recipient`` is in E.164."""

    message_id: MessageId
    sender: str
    recipient: str
    text: str


@dataclass(frozen=True, slots=True)
class HandedOver:
    """That the other side has the message. ``provider_ref`` is its own name for it, if it said."""

    provider_ref: str = ""


class TransportError(Exception):
    """A message was not handed over, or nobody knows.

    ``permanent``: the other side will never take it. ``doubt``: it may have been taken; the answer
    was lost. ``down``: it was not even offered, the way itself is closed, so the messages behind
    it need not be tried now. ``bad_address``: there is no such mailbox. ``retry_after`` is the
    wait the other side asked for, in seconds.
    """

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        permanent: bool = False,
        doubt: bool = False,
        down: bool = False,
        bad_address: bool = False,
        retry_after: int | None = None,
    ) -> None:
        self.code = code
        self.detail = scrubbed(detail)
        self.permanent = permanent
        self.doubt = doubt
        self.down = down
        self.bad_address = bad_address
        self.retry_after = retry_after
        super().__init__(f"{code} {self.detail}".strip())


class MailTransport(Protocol):
    """Takes e-mails, one at a time, from one thread."""

    name: str

    def send(self, mail: Mail) -> HandedOver:
        """Hand a mail over.

        Raises:
            TransportError: it was not taken, or the answer was lost.
        """

    def close(self) -> None:
        """Let go of connections; the next ``send`` opens new ones."""


class SmsTransport(Protocol):
    """Takes SMS, one at a time, from one thread."""

    name: str

    def send(self, sms: SmsOut) -> HandedOver:
        """Hand an SMS over.

        Raises:
            TransportError: it was not taken, or the answer was lost.
        """

    def ask(self, message_id: MessageId) -> bool | None:
        """Tell whether the other side has a message; ``None`` when it cannot say."""

    def close(self) -> None:
        """Let go of connections; the next ``send`` opens new ones."""


_ADDRESS = re.compile(r"\S+@\S+|\+?\d[\d .-]{6,}\d")


def scrubbed(detail: str) -> str:
    """Return the other side's words without addresses and numbers, on one line."""
    return " ".join(_ADDRESS.sub("…", detail).split())[:200]
