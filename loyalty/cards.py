"""The code on a card or voucher: letters that any scanner types right on any keyboard.

Sixteen letters, four bits each; the set survives French, Belgian, German, Italian and other
layouts and spells no words. A code is one kind letter, the payload, and two check letters
(CRC-8), so that a till tells a mis-scan from an unknown card without asking the server.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

ALPHABET = "BCDFGHJKLNPRSTVX"
_VALUE = {letter: value for value, letter in enumerate(ALPHABET)}
_HEX = "0123456789abcdef"
_SPELLED = str.maketrans(_HEX, ALPHABET)
_UNSPELLED = str.maketrans(ALPHABET, _HEX)
_IGNORED = str.maketrans("", "", " \t\r\n-\u00a0\u2010\u2011\u2013")
_CRC_POLYNOMIAL = 0x07
_LONGEST_INPUT = 120


class CodeKind(StrEnum):
    """What a code names: its first letter."""

    CARD = "C"
    VOUCHER = "V"
    ROTATING = "R"
    """A short-lived code drawn by the phone; it may spend."""
    RECEIPT = "T"
    """Printed on a receipt: the number of a purchase, for returns."""


PAYLOAD_BYTES = {
    CodeKind.CARD: 10,
    CodeKind.VOUCHER: 10,
    CodeKind.ROTATING: 16,
    CodeKind.RECEIPT: 16,
}
"""80 bits for what must not be guessed: 23 letters. 128 for a whole identifier: 35 letters."""


class NotACode(ValueError):
    """The text has the wrong letters, length or kind to be a code of ours."""


class Mistyped(ValueError):
    """The text has the shape of a code, but its check letters do not fit: scan it again."""


@dataclass(frozen=True, slots=True)
class Code:
    """A well-formed code: its kind and the bytes it carries."""

    kind: CodeKind
    payload: bytes

    @property
    def letters(self) -> str:
        """Return the letters as the code is drawn: upper case, no spaces."""
        body = self.kind.value + _spell(self.payload)
        return body + _spell(bytes([_crc8(body)]))

    @property
    def grouped(self) -> str:
        """Return the letters in groups of four, for people to read and type."""
        letters = self.letters
        return " ".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def make_code(kind: CodeKind, payload: bytes) -> Code:
    """Return the code that carries ``payload``, which must have the length of its kind."""
    assert len(payload) == PAYLOAD_BYTES[kind], f"{kind} carries {PAYLOAD_BYTES[kind]} bytes"
    return Code(kind, payload)


def read_code(text: str) -> Code:
    """Return the code that ``text`` spells; case, spaces and hyphens do not matter.

    Raises:
        NotACode: wrong letters, length or kind.
        Mistyped: the shape is right, the check letters are not.
    """
    if len(text) > _LONGEST_INPUT:
        raise NotACode("too long")
    letters = text.translate(_IGNORED).upper()
    if not letters or any(letter not in _VALUE for letter in letters[1:]):
        raise NotACode("other letters than those of a code")
    kind = _kind(letters)
    body, check = letters[:-2], letters[-2:]
    if _spell(bytes([_crc8(body)])) != check:
        raise Mistyped("the check letters do not fit")
    return Code(kind, _unspell(body[1:]))


def code_ok(text: str) -> bool:
    """Tell whether ``text`` spells a code of any kind and its check letters fit."""
    try:
        read_code(text)
    except ValueError:
        return False
    return True


def _kind(letters: str) -> CodeKind:
    """Return the kind that the first letter and the length agree on."""
    for kind, size in PAYLOAD_BYTES.items():
        if letters[0] == kind.value and len(letters) == 1 + 2 * size + 2:
            return kind
    raise NotACode("no kind of code begins and ends like this")


def _spell(data: bytes) -> str:
    """Return two letters for each byte, high half first."""
    return data.hex().translate(_SPELLED)


def _unspell(letters: str) -> bytes:
    """Return the bytes that pairs of letters stand for."""
    return bytes.fromhex(letters.translate(_UNSPELLED))


def _crc8(body: str) -> int:
    """Return the CRC-8 (polynomial 0x07) of the letters' four-bit values, kind letter first."""
    remainder = 0
    for letter in body:
        remainder = _CRC_STEP[remainder ^ _VALUE[letter] << 4]
    return remainder


def _crc_step(remainder: int) -> int:
    """Return what four bits more make of a remainder."""
    for _ in range(4):
        carry = remainder & 0x80
        remainder = (remainder << 1) & 0xFF
        if carry:
            remainder ^= _CRC_POLYNOMIAL
    return remainder


_CRC_STEP = tuple(_crc_step(remainder) for remainder in range(256))
