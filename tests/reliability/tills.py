"""Tills that sell and remember: what was acknowledged, what was not, what had to be repeated."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from time import monotonic, sleep
from typing import Any

from admin.demo.dice import Dice
from bench.signer import Signer
from loyalty.kernel.clock import system_clock
from tests.reliability.ground import ARTICLES, Ground

SALES, RETURNS = "/api/v1/till/sales", "/api/v1/till/returns"
OK, CREATED, UNAVAILABLE = 200, 201, 503
ANSWER_SECONDS = 30
PAUSE, PAUSES = 0.02, {UNAVAILABLE: 0.2}
"""Seconds before a sale is sent again; impatient, so that a crash finds many in hand."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A request as it goes over the wire."""

    path: str
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of one request. ``status`` 0: silence; ``reached`` tells whether it was sent."""

    status: int
    document: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    reached: bool = True
    seconds: float = 0.0


@dataclass
class Till:
    """A till of the retailer: it signs, sells under its own numbers, and repeats what is unsure."""

    name: str
    signer: Signer
    port: int
    cards: Sequence[str]
    dice: Dice
    hang_up_per_mille: int = 0
    """How often the till hangs up before it is answered, and then asks again."""
    returns_per_mille: int = 0
    """How often an article of the sale that was just made comes back at once."""
    patience: float = 60.0
    """Seconds for which what was not acknowledged is sent again."""
    acknowledged: dict[int, dict[str, Any]] = field(default_factory=dict)
    sent: dict[int, dict[str, Any]] = field(default_factory=dict)
    taken_back: dict[int, dict[str, Any]] = field(default_factory=dict)
    asked_back: dict[int, dict[str, Any]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    surprises: list[str] = field(default_factory=list)

    def work(self, closing: threading.Event) -> None:
        """Sell until closing time; the sale in hand is repeated until it is acknowledged."""
        while not closing.is_set():
            self.sell()

    def sell(self, *, patience: float | None = None) -> None:
        """Make one sale, and now and then take an article of it back; keep the answers."""
        number = self._next()
        body = self.sent[number] = self.sale(number)
        self._insist(SALES, number, body, patience or self.patience)
        if number in self.acknowledged and self.dice.chance(self.returns_per_mille):
            back = self._next()
            self.asked_back[back] = self.comes_back(back, of=number)
            self._insist(RETURNS, back, self.asked_back[back], patience or self.patience)

    def repeat(self, number: int) -> Asked:
        """Send what was acknowledged under a number once more."""
        if number in self.asked_back:
            return self.ask(RETURNS, self.asked_back[number])
        return self.ask(SALES, self.sent[number])

    def told(self) -> dict[int, dict[str, Any]]:
        """Return everything that was acknowledged, sales and returns, by number."""
        return self.acknowledged | self.taken_back

    def comes_back(self, number: int, *, of: int) -> dict[str, Any]:
        """Return the return of the first article of a sale, as it would be made now."""
        now = system_clock()
        return {
            "business_on": now.date().isoformat(),
            "sequence": number,
            "occurred_at": now.isoformat().replace("+00:00", "Z"),
            "purchase_id": self.acknowledged[of]["purchase_id"],
            "lines": [{"line_no": 1, "quantity": 1}],
        }

    def sale(self, number: int) -> dict[str, Any]:
        """Return a sale under a number, as it would be made now."""
        now = system_clock()
        lines = [
            {"line_no": line, "sku": self.dice.pick(ARTICLES).sku, "quantity": 1}
            for line in range(1, self.dice.between(1, 3) + 1)
        ]
        return {
            "business_on": now.date().isoformat(),
            "currency": "EUR",
            "card": {"code": self.dice.pick(self.cards), "entry": "qr"},
            "lines": lines,
            "sequence": number,
            "occurred_at": now.isoformat().replace("+00:00", "Z"),
        }

    def ask(self, path: str, document: dict[str, Any]) -> Asked:
        """Sign and send a request."""
        return self.send(self.sign(path, document))

    def sign(self, path: str, document: dict[str, Any]) -> Signed:
        """Return a request as it would go over the wire now."""
        body = json.dumps(document).encode()
        return Signed(path, body, self.signer.headers("POST", path, body))

    def send(self, signed: Signed, *, stay: bool = True) -> Asked:
        """Send a signed request on a connection of its own, and ``stay`` for the answer."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS)
        started = monotonic()
        try:
            connection.connect()
        except OSError:
            return Asked(0, reached=False)
        try:
            connection.request("POST", signed.path, signed.body, signed.headers)
            if not stay:
                return Asked(0)
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, HTTPException):
            return Asked(0, seconds=monotonic() - started)
        finally:
            connection.close()
        lower = {name.lower(): value for name, value in answer.getheaders()}
        return Asked(answer.status, _json(text), lower, seconds=monotonic() - started)

    def _next(self) -> int:
        return len(self.sent) + len(self.asked_back) + 1

    def _insist(self, path: str, number: int, body: dict[str, Any], patience: float) -> None:
        """Send a request until it is acknowledged."""
        if self.dice.chance(self.hang_up_per_mille):
            self.send(self.sign(path, body), stay=False)
            self.counts["hung up"] += 1
        until = monotonic() + patience
        while monotonic() < until:
            asked = self.ask(path, body)
            if asked.status in {OK, CREATED}:
                self._keep(number, asked)
                return
            self._complain(number, asked)
            sleep(PAUSES.get(asked.status, PAUSE))
        self.surprises.append(f"{self.name} gave up on {path} {number}")

    def _keep(self, number: int, asked: Asked) -> None:
        kept = self.taken_back if number in self.asked_back else self.acknowledged
        kept[number] = asked.document
        self.counts["taken back"] += number in self.asked_back
        self.counts["acknowledged"] += 1
        self.counts["replayed"] += bool(asked.document.get("replayed"))

    def _complain(self, number: int, asked: Asked) -> None:
        if asked.status == 0:
            self.counts["unanswered" if asked.reached else "closed"] += 1
        elif asked.status == UNAVAILABLE:
            self.counts["unavailable"] += 1
        else:
            self.surprises.append(f"{self.name} {number}: {asked.status} {asked.document}")


def tills_of(
    ground: Ground, port: int, seed: str, *, hang_up_per_mille: int = 0, returns_per_mille: int = 0
) -> list[Till]:
    """Return the shop's tills, pointed at a server."""
    cards, habits = list(ground.cards), (hang_up_per_mille, returns_per_mille)
    return [
        Till(name, signer, port, cards, Dice("till", seed, name), *habits)
        for name, signer in ground.signers.items()
    ]


def total(tills: Sequence[Till]) -> Counter[str]:
    """Return what all the tills counted."""
    return sum((till.counts for till in tills), Counter())


def _json(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {"text": text[:200].decode(errors="replace")}
    return found if isinstance(found, dict) else {}
