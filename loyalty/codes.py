"""From an id to its code and back to a look-up: nothing that can be printed is stored.

The letters of a card are a keyed function of its id, and what the table holds is a keyed hash of
the letters. Who has the database has neither; who has the key can draw every card again.
"""

from __future__ import annotations

from loyalty.cards import PAYLOAD_BYTES, Code, CodeKind, make_code
from loyalty.kernel.signing import Keys


def code_of(keys: Keys, kind: CodeKind, id_: str) -> Code:
    """Return the code of the card or voucher ``id_``."""
    payload = keys.mac(f"code:{kind.value}", id_.encode())[: PAYLOAD_BYTES[kind]]
    return make_code(kind, payload)


def lookup_of(keys: Keys, code: Code) -> str:
    """Return the keyed hash under which the owner of ``code`` is found."""
    return keys.mac("code-lookup", code.letters.encode()).hex()
