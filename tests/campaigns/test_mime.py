"""The bytes of an e-mail, held against the standard library's parser; nobody adds a header."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from campaigns.letters import LetterText
from campaigns.mime import AddressRefused, Envelope, Mail, write_mail
from campaigns.values import Lane, MessageId

AT = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
LINK = "https://palier.example/app/unsubscribe/abc.def"
HEADERS = {
    *("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"),
    *("List-Unsubscribe", "List-Unsubscribe-Post", "List-Id"),
}


def write(subject="Hello", text="Hi", html="<p>Hi</p>", *, lane=Lane.MARKETING, **changes) -> Mail:
    envelope = Envelope(
        message_id=MessageId("msg_01abc"),
        sender=changes.get("sender", "Palier <bonjour@palier.example>"),
        recipient=changes.get("recipient", "ada@example.org"),
        lane=lane,
        unsubscribe_url=LINK,
    )
    return write_mail(envelope, LetterText(subject, html, text), at=AT)


def parsed(mail: Mail) -> EmailMessage:
    message = message_from_bytes(mail.data, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def body(message: EmailMessage, subtype: str) -> str:
    part = message.get_body((subtype,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_the_headers_are_those_and_no_others():
    message = parsed(write())
    assert set(message.keys()) == HEADERS
    assert message["From"] == "Palier <bonjour@palier.example>"
    assert message["To"] == "ada@example.org"
    assert message["Message-ID"] == "<msg_01abc@palier.example>"
    assert message["Date"] == "Tue, 10 Mar 2026 09:30:00 +0000"
    assert message["List-Unsubscribe"] == f"<{LINK}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_transactional_letter_has_no_list_headers_and_says_that_a_machine_wrote_it():
    message = parsed(write(lane=Lane.TRANSACTIONAL))
    assert message["Auto-Submitted"] == "auto-generated"
    assert "List-Unsubscribe" not in message


@pytest.mark.parametrize(
    "subject",
    [
        "Plain",
        "Été à Nîmes : -20 % sur les œufs",
        "=?utf-8?q?already_encoded?=",
        "😀" * 60,
        "é" * 150,
        "a" * 150,
        "x" + "é€😀" * 40,
        '"quoted" <angled>, (round); [square] \\',
    ],
)
def test_a_subject_reads_as_it_was_written(subject):
    mail = write(subject)
    assert parsed(mail)["Subject"] == subject
    head = mail.data.split(b"\r\n\r\n", 1)[0]
    assert all(len(line) <= 998 for line in head.split(b"\r\n"))
    assert head.isascii()


def test_a_sender_with_special_letters_reads_as_it_was_written():
    for name in ("Épicerie Palier", "Palier, l'épicerie", "A.B. (shop)"):
        quoted = name if name.isalpha() else f'"{name}"'
        message = parsed(write(sender=f"{quoted} <bonjour@palier.example>"))
        assert message["From"].addresses[0].display_name == name
        assert message["From"].addresses[0].addr_spec == "bonjour@palier.example"


@pytest.mark.parametrize(
    "text",
    [
        "One line",
        "Été\n\nœuf, « oui » …\n",
        "." + "\n.\n..\n.end",
        "x" * 5000,
        "é" * 3000,
        "trailing   \nspace\t\n",
        "From the shop\nFrom again",
        "--=_palier_part--\nboundary",
        "a=b=3D",
    ],
)
def test_bodies_survive_with_short_lines_of_ascii(text):
    mail = write(text=text, html=f"<p>{text}</p>")
    message = parsed(mail)
    assert body(message, "plain").rstrip("\n") == text.rstrip("\n")
    assert body(message, "html").rstrip("\n") == f"<p>{text}</p>".rstrip("\n")
    assert mail.data.isascii()
    parts = mail.data.split(b"\r\n\r\n", 1)[1]
    assert all(len(line) <= 78 for line in parts.split(b"\r\n"))
    assert b"\n" not in mail.data.replace(b"\r\n", b"")


BREAKS = (
    "\r\n",
    "\n",
    "\r",
    "\x0b",
    "\x0c",
    "\x1c",
    "\x85",
    "\u2028",
    "\u2029",
    "%0d%0a",
    "\\r\\n",
)
ADDED = (
    "Bcc: victim@example.org",
    "Content-Type: text/html",
    "\r\n<script>alert(1)</script>",
    "Subject: other",
    "To: all@example.org",
    ".\r\nMAIL FROM:<x@y.example>",
    "X-Added: 1",
    " folded",
)
AROUND = (
    *("{0}{1}", "a{0}{1}", "{0}{1}b", "a{0}{0}{1}"),
    *("ada@example.org{0}{1}", "<a@b.example>{0}{1}"),
)
PAYLOADS = [
    shape.format(line_break, added)
    for shape, line_break, added in itertools.product(AROUND, BREAKS, ADDED)
]


def test_five_hundred_ways_to_add_a_header_add_none():
    assert len(PAYLOADS) >= 500
    for payload in PAYLOADS:
        message = parsed(write(subject=payload, text=payload, html=payload))
        assert set(message.keys()) == HEADERS
        assert message["To"] == "ada@example.org"
        assert len(message.get_all("Subject", [])) == 1


def test_five_hundred_hostile_addresses_are_refused_before_any_byte_is_written():
    for payload in PAYLOADS:
        with pytest.raises(AddressRefused):
            write(recipient=payload)


@pytest.mark.parametrize(
    "address",
    ["", "ada", "@example.org", "ada@", "a b@example.org", "ada@exam ple.org", "é@example.org",
     "ada@example.org,ben@example.org", "<ada@example.org>", "a" * 65 + "@example.org",
     "ada@" + "x" * 260 + ".org", '"ada"@example.org', "ada@example..org"],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused(address):
    with pytest.raises(AddressRefused):
        write(recipient=address)
