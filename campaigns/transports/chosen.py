"""The transports that an installation has chosen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from campaigns.transports.file import FileMail, FileSms
from campaigns.transports.port import MailTransport, SmsTransport
from campaigns.transports.sms_http import HttpSms
from campaigns.transports.smtp import SmtpMail, read_smtp_url
from campaigns.values import Channel
from loyalty.kernel.runtime import Runtime
from loyalty.kernel.settings import Settings

MAILBOX = "mailbox"


@dataclass(frozen=True, slots=True)
class Transports:
    """The way out for each channel."""

    mail: MailTransport
    sms: SmsTransport

    def named(self, channel: Channel) -> str:
        """Return the name of the transport of a channel."""
        return self.mail.name if channel is Channel.EMAIL else self.sms.name


@contextmanager
def open_transports(runtime: Runtime) -> Iterator[Transports]:
    """Give the transports of the settings, and hang up at the end."""
    settings = runtime.settings
    folder = mailbox_folder(settings)
    mail: MailTransport = FileMail(folder)
    if settings.mail_transport == "smtp":
        mail = SmtpMail(read_smtp_url(settings.smtp_url))
    sms: SmsTransport = FileSms(folder, runtime.database.clock)
    if settings.sms_url:
        sms = HttpSms(settings.sms_url, settings.sms_token)
    try:
        yield Transports(mail, sms)
    finally:
        mail.close()
        sms.close()


def mailbox_folder(settings: Settings) -> Path:
    """Return the folder of messages that stay in the building."""
    return Path(settings.data_dir) / MAILBOX
