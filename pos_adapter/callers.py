"""Who calls the till API: a till that signs, or the browser till with a cashier behind it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import g, request
from sqlalchemy import bindparam, select

from loyalty.errors import UnknownCard
from loyalty.kernel.access.errors import TerminalSuspended
from loyalty.kernel.access.models import Terminal, TerminalState
from loyalty.kernel.access.people import check_manager
from loyalty.kernel.access.principals import Principal, PrincipalKind
from loyalty.kernel.access.terminals import signing_secret
from loyalty.kernel.problems import NotSignedIn, TooManyTries
from loyalty.kernel.tx import Tx
from loyalty.kernel.web.context import database, principal, runtime
from pos_adapter.errors import KeyRevoked, KeyUnknown, OtherTill, SignatureReplayed
from pos_adapter.signatures import NONCE_SECONDS, SignedRequest, read_signature, verify
from pos_adapter.values import CardShown, EntryMode

TYPED_PER_MINUTE = 10
"""How many cards a till may look up by typing in a minute."""

SCANNED_PER_MINUTE = 60
"""How many cards a till may look up by scanning in a minute."""

MISSES, MISS_WINDOW_SECONDS = 20, 600
"""After so many cards that nobody has, a till waits: somebody may be guessing."""

MANAGER_TRIES, MANAGER_SECONDS = 5, 900
"""How many wrong PINs of managers a till may send in 15 minutes."""

_TERMINAL = select(Terminal.store_id, Terminal.till, Terminal.state, Terminal.key_number).where(
    Terminal.id == bindparam("terminal_id")
)


@dataclass(frozen=True, slots=True)
class Till:
    """The till that is calling. ``signed`` tells a till of the retailer from the browser till."""

    terminal_id: str
    store_id: str
    name: str
    staff_id: str | None
    signed: bool

    def must_be(self, store_id: str | None, till: str | None) -> None:
        """Refuse a body that speaks for another till.

        Raises:
            OtherTill: it names another store or till.
        """
        if store_id not in (None, self.store_id) or till not in (None, self.name):
            raise OtherTill(store_id=self.store_id, till=self.name)


def authenticate_signed_request() -> Principal | None:
    """Return the till that signed the request in hand; ``None`` when it is not signed at all.

    Raises:
        SignatureMalformed, SignatureIncomplete, SignatureStale, SignatureWrong,
        SignatureBodyChanged, SignatureReplayed: the signature does not hold.
        KeyUnknown, KeyRevoked, TerminalSuspended: its key is not worth anything.
    """
    if "Signature" not in request.headers and "Signature-Input" not in request.headers:
        return None
    signed = _request()
    signature = read_signature(signed)
    with database().look() as tx:
        terminal_id, store_id, till = _terminal_of(tx, signature.key_id)
        now = tx.now
    verify(signed, signature, signing_secret(runtime().keys, signature.key_id), now=now)
    nonce = f"nonce:{signature.key_id}:{signature.nonce}"
    if not runtime().cache.add(nonce, seconds=NONCE_SECONDS):
        raise SignatureReplayed
    g.till_signed = True
    return Principal(
        kind=PrincipalKind.TERMINAL,
        id=terminal_id,
        display_name=f"{store_id} / {till}",
        store_id=store_id,
        till=till,
    )


def calling_till() -> Till:
    """Return the till behind the request in hand.

    Raises:
        NotSignedIn: a browser till without a cashier, or whose cashier's shift has ended.
    """
    caller = principal()
    signed = bool(g.get("till_signed", False))
    if not signed and caller.staff_id is None:
        raise NotSignedIn
    assert caller.store_id is not None, "a terminal stands in a store"
    assert caller.till is not None, "a terminal has a name"
    return Till(caller.id, caller.store_id, caller.till, caller.staff_id, signed)


def manager_of(till: Till, body: dict[str, Any]) -> str:
    """Return who agreed to a request, or an empty text: nobody did.

    A till that signs vouches for whom it names; at the browser till the manager types her PIN.

    Raises:
        WrongCredentials: the PIN is wrong, or she may not agree to anything.
        TooManyTries: too many wrong ones.
    """
    if till.signed and "approved_by" in body:
        return str(body["approved_by"])
    approval = body.get("approval")
    if approval is None:
        return ""
    staff_id, tries = approval["staff_id"], f"tries:manager:{till.terminal_id}"
    if runtime().cache.count(tries, seconds=MANAGER_SECONDS) > MANAGER_TRIES:
        raise TooManyTries(MANAGER_SECONDS)
    with database().look() as tx:
        check_manager(tx, staff_id=staff_id, pin=approval["pin"], store_id=till.store_id)
    runtime().cache.delete(tries)
    return str(staff_id)


@contextmanager
def looking_up(till: Till, shown: CardShown | None, *, counted: bool = False) -> Iterator[None]:
    """Guard the look-up of a card against guessing; without a card there is nothing to guard.

    ``counted`` counts it against what a till may look up in a minute. A till that has asked for
    too many cards that nobody has waits for cards; it sells on without them.

    Raises:
        TooManyTries: more than 10 typed or 60 scanned in a minute, or too many that nobody has.
    """
    if shown is None:
        yield
        return
    cache = runtime().cache
    if int(cache.get(_misses(till)) or 0) >= MISSES:
        raise TooManyTries(MISS_WINDOW_SECONDS)
    if counted:
        _count(till, shown)
    try:
        yield
    except UnknownCard:
        cache.count(_misses(till), seconds=MISS_WINDOW_SECONDS)
        raise


def _count(till: Till, shown: CardShown) -> None:
    """Count a look-up in its minute."""
    typed = shown.entry is EntryMode.KEYED
    kind, most = ("typed", TYPED_PER_MINUTE) if typed else ("scanned", SCANNED_PER_MINUTE)
    if runtime().cache.count(f"till:{till.terminal_id}:{kind}", seconds=60) > most:
        raise TooManyTries(60)


def _misses(till: Till) -> str:
    return f"till:{till.terminal_id}:misses"


def _request() -> SignedRequest:
    """Return what of the request in hand can be signed."""
    return SignedRequest(
        method=request.method,
        target_uri=request.url,
        authority=request.host,
        path=urlsplit(request.url).path,
        query=request.query_string.decode("latin-1"),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.get_data(cache=True),
    )


def _terminal_of(tx: Tx, key_id: str) -> tuple[str, str, str]:
    """Return id, store and name of the active till whose newest key is ``key_id``."""
    terminal_id, _, number = key_id.rpartition(".")
    row = tx.run(_TERMINAL, {"terminal_id": terminal_id}).first()
    if row is None or not number.isascii() or not number.isdigit():
        raise KeyUnknown
    if row.state is TerminalState.SUSPENDED:
        raise TerminalSuspended
    if row.state is not TerminalState.ACTIVE or int(number) != row.key_number:
        raise KeyRevoked
    return terminal_id, row.store_id, row.till
