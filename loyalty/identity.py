"""Names, e-mail addresses and telephone numbers in the one form in which they are compared."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers

_LONGEST_NAME = 80
_FICTION = re.compile(r"\+3363998[0-9]{4}")
"""Mobile numbers that nobody has, for demos and films. Source: ARCEP decision 2018-0881."""
_LONGEST_EMAIL = 254
_LONGEST_LOCAL_PART = 64


class NotAName(ValueError):
    """The text is empty, too long, or holds nothing that can be shown."""


class NotAnEmail(ValueError):
    """The text is not an e-mail address that can be written to."""


class NotAPhone(ValueError):
    """The text is not a telephone number that can be dialled."""


def clean_name(text: str) -> str:
    """Return ``text`` in NFC, without control or direction characters, single-spaced.

    Raises:
        NotAName: nothing is left, or more than 80 characters are.
    """
    shown = "".join(letter for letter in text if not _is_invisible(letter))
    name = " ".join(unicodedata.normalize("NFC", shown).split())
    if not name or len(name) > _LONGEST_NAME:
        raise NotAName(text[:_LONGEST_NAME])
    return name


def name_key(name: str) -> str:
    """Return the form in which names are searched: folded case, no accents."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def clean_email(text: str) -> str:
    """Return the address in NFC without surrounding space, its domain in lower case.

    Raises:
        NotAnEmail: no mailbox can have this address.
    """
    address = unicodedata.normalize("NFC", text.strip())
    local, at, domain = address.rpartition("@")
    labels = domain.split(".")
    right = (
        bool(at)
        and 0 < len(local) <= _LONGEST_LOCAL_PART
        and len(address) <= _LONGEST_EMAIL
        and len(labels) > 1
        and all(_is_label(label) for label in labels)
        and not any(_is_invisible(letter) or letter.isspace() for letter in address)
        and not any(letter in '"(),:;<>[\\]@' for letter in local)
        and not (local.startswith(".") or local.endswith(".") or ".." in local)
    )
    if not right:
        raise NotAnEmail(text[:_LONGEST_EMAIL])
    return f"{local}@{domain.lower()}"


def email_key(email: str) -> str:
    """Return the form in which addresses are compared: two members never share one."""
    return email.casefold()


def clean_phone(text: str, *, region: str = "FR") -> str:
    """Return the number in E.164, e.g. ``+33612345678``; ``region`` reads national numbers.

    Raises:
        NotAPhone: no line can have this number.
    """
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        raise NotAPhone(text[:40]) from error
    written: str = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if not phonenumbers.is_valid_number(number) and not _FICTION.fullmatch(written):
        raise NotAPhone(text[:40])
    return written


def display_name(given_name: str, family_name: str) -> str:
    """Return what a till shows: the first name and the initial of the family name."""
    initial = f" {family_name[0].upper()}." if family_name else ""
    return f"{given_name}{initial}"


def _is_invisible(letter: str) -> bool:
    """Tell control, format (direction), unassigned and surrogate characters; spaces are not."""
    return unicodedata.category(letter) in {"Cc", "Cf", "Co", "Cs", "Cn"} and letter not in "\t\n\r"


def _is_label(label: str) -> bool:
    """Tell whether ``label`` can be one part of a domain name."""
    inner = label.replace("-", "")
    return 0 < len(label) <= 63 and inner.isalnum() and not (label[0] == "-" or label[-1] == "-")  # noqa: PLR2004 - RFC 1035
