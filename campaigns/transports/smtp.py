"""SMTP over one connection that is kept open.

The conversation is spelled out rather than left to ``smtplib.sendmail``, because what a broken
line means depends on where it broke: before the end of the data nothing was sent; after it nobody
knows. Source: RFC 5321 sections 3.3 and 4.2.1.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from campaigns.mime import Mail
from campaigns.transports.port import HandedOver, TransportError

SECONDS = 30
"""How long one answer of the server may take."""

MOST_PER_CONNECTION = 500
"""Many servers end a session after a number of mails; ours begins a new one before that."""

_NO_MAILBOX = re.compile(r"5\.1\.(?:1|2|3|6|10)\b")
"""The address itself is wrong, not the mail or its sender. Source: RFC 3463 section 3.2."""

_OK = 250
_GO_AHEAD = 354
_CLOSING = 421
_PERMANENT = 500


@dataclass(frozen=True, slots=True)
class SmtpAddress:
    """Where the server is, and how to speak to it."""

    host: str
    port: int
    tls_from_the_start: bool
    user: str = ""
    password: str = ""


def read_smtp_url(url: str) -> SmtpAddress:
    """Read ``smtp://name:password@host:port`` or ``smtps://...``.

    Raises:
        ValueError: it is no such address.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("SMTP_URL must look like smtp://name:password@host:port")
    secure = parts.scheme == "smtps"
    return SmtpAddress(
        host=parts.hostname,
        port=parts.port or (465 if secure else 25),
        tls_from_the_start=secure,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


class SmtpMail:
    """Hands e-mails to a relay, one after the other, over a connection that it keeps."""

    name = "smtp"

    def __init__(self, address: SmtpAddress, *, seconds: float = SECONDS) -> None:
        self.address = address
        self.seconds = seconds
        self._line: smtplib.SMTP | None = None
        self._used = 0

    def send(self, mail: Mail) -> HandedOver:
        """Hand a mail over; it is the relay's once it has answered the end of the data.

        Raises:
            TransportError: it was not taken, or the answer was lost.
        """
        line = self._open()
        try:
            self._ask(line, f"MAIL FROM:<{mail.sender}>", down=True)
            self._ask(line, f"RCPT TO:<{mail.recipient}>")
            self._ask(line, "DATA", expected=_GO_AHEAD)
        except OSError as error:  # smtplib's own errors are OSErrors too
            self.close()
            raise TransportError("connection", str(error), down=True) from error
        return self._send_data(line, mail.data)

    def close(self) -> None:
        """Say goodbye and hang up."""
        line, self._line, self._used = self._line, None, 0
        if line is not None:
            with contextlib.suppress(OSError):
                line.quit()
            line.close()

    def _open(self) -> smtplib.SMTP:
        """Return the open connection, a new one when there is none or it has served long enough."""
        if self._line is not None and self._used >= MOST_PER_CONNECTION:
            self.close()
        if self._line is None:
            try:
                self._line = self._connect()
            except (OSError, ValueError) as error:
                self.close()
                raise TransportError("connection", str(error), down=True) from error
        self._used += 1
        return self._line

    def _connect(self) -> smtplib.SMTP:
        """Connect, secure the line where that is offered, and sign in."""
        address = self.address
        if address.tls_from_the_start:
            line: smtplib.SMTP = smtplib.SMTP_SSL(
                address.host,
                address.port,
                timeout=self.seconds,
                context=ssl.create_default_context(),
            )
        else:
            line = smtplib.SMTP(address.host, address.port, timeout=self.seconds)
        self._line = line
        line.ehlo()
        if not address.tls_from_the_start and line.has_extn("starttls"):
            line.starttls(context=ssl.create_default_context())
            line.ehlo()
        if address.user:
            line.login(address.user, address.password)
        return line

    def _ask(
        self, line: smtplib.SMTP, command: str, *, expected: int = _OK, down: bool = False
    ) -> None:
        """Send a command; anything but the expected class of answer is an error.

        ``down``: a refusal concerns the sender, so the next mail would be refused as well.
        """
        code, words = line.docmd(command)
        if code // 100 == expected // 100:
            return
        self._forget(line, code)
        raise _refusal(code, words, down=down or code == _CLOSING)

    def _send_data(self, line: smtplib.SMTP, data: bytes) -> HandedOver:
        """Send the mail itself, its leading dots doubled, and wait for the answer."""
        octets = data.replace(b"\r\n.", b"\r\n..") + b".\r\n"
        try:
            line.send(octets)
            code, words = line.getreply()
        except OSError as error:
            self.close()
            raise TransportError("no-answer", str(error), doubt=True) from error
        if code == _OK:
            return HandedOver()
        self._forget(line, code)
        raise _refusal(code, words, down=code == _CLOSING)

    def _forget(self, line: smtplib.SMTP, code: int) -> None:
        """Bring the conversation back to its start after a refusal, or end it."""
        if code in {_CLOSING, -1}:
            self.close()
            return
        try:
            line.rset()
        except OSError:
            self.close()


def _refusal(code: int, words: bytes, *, down: bool) -> TransportError:
    detail = words.decode("utf-8", "replace")
    permanent = code >= _PERMANENT and not down
    return TransportError(
        str(code),
        detail,
        permanent=permanent,
        down=down,
        bad_address=permanent and _NO_MAILBOX.match(detail) is not None,
    )
