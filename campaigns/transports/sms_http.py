"""SMS through a gateway that speaks HTTP.

POST <sms_url>            Authorization: Bearer <token>    Idempotency-Key: <message id>
{"to": "+33612345678", "from": "PALIER", "text": "...", "reference": "<message id>"}
-> 2xx {"id": "..."}

GET <sms_url>/<message id> -> 200 when it has the message, 404 when it has not
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import urllib3
from urllib3.exceptions import HTTPError, NewConnectionError, ReadTimeoutError

from campaigns.transports.port import HandedOver, SmsOut, TransportError
from campaigns.values import MessageId

CONNECT_SECONDS = 5
READ_SECONDS = 15
MOST_OCTETS = 65_536
"""An answer longer than this is not read."""

_TEMPORARY = frozenset({408, 409, 425, 429})
_FOUND, _NOT_FOUND = 200, 404
_LONGEST_WAIT = 3600


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a gateway said."""

    status: int
    reason: str
    octets: bytes
    headers: Mapping[str, str]


class HttpSms:
    """Hands SMS to a gateway, one request each. Redirects are not followed."""

    name = "http"

    def __init__(self, url: str, token: str, *, read_seconds: float = READ_SECONDS) -> None:
        self.url = url.rstrip("/")
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self._pool = urllib3.PoolManager(
            num_pools=1,
            maxsize=1,
            retries=False,
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=read_seconds),
        )

    def send(self, sms: SmsOut) -> HandedOver:
        """Hand an SMS over; the same message id again is the same SMS to the gateway.

        Raises:
            TransportError: it was not taken, or the answer was lost.
        """
        body = {
            "to": sms.recipient,
            "from": sms.sender,
            "text": sms.text,
            "reference": sms.message_id,
        }
        answer = self._request(
            "POST",
            self.url,
            body=json.dumps(body).encode(),
            headers={**self._headers, "Idempotency-Key": sms.message_id},
        )
        if answer.status // 100 == 2:  # noqa: PLR2004 - the class of success
            return HandedOver(provider_ref=_reference(answer))
        raise _refusal(answer)

    def ask(self, message_id: MessageId) -> bool | None:
        """Ask the gateway whether it has a message; ``None`` when it does not say."""
        try:
            answer = self._request("GET", f"{self.url}/{message_id}", headers=self._headers)
        except TransportError:
            return None
        return {_FOUND: True, _NOT_FOUND: False}.get(answer.status)

    def close(self) -> None:
        """Close the connection."""
        self._pool.clear()

    def _request(
        self, method: str, url: str, *, headers: dict[str, str], body: bytes | None = None
    ) -> _Answer:
        """Make one request and read the answer, the beginning of a long one.

        Raises:
            TransportError: nobody answered; ``doubt`` when the request may have arrived.
        """
        try:
            answer = self._pool.request(
                method, url, body=body, headers=headers, redirect=False, preload_content=False
            )
        except (NewConnectionError, urllib3.exceptions.ConnectTimeoutError) as error:
            raise TransportError("connection", type(error).__name__, down=True) from error
        except ReadTimeoutError as error:
            raise TransportError("no-answer", type(error).__name__, doubt=True) from error
        except HTTPError as error:
            raise TransportError("no-answer", type(error).__name__, doubt=True) from error
        try:
            octets = answer.read(MOST_OCTETS)
        except HTTPError:
            octets = b""  # the status is known, and it is what decides
        finally:
            answer.close()
        return _Answer(answer.status, answer.reason or "", octets, answer.headers)


def _reference(answer: _Answer) -> str:
    """Return the gateway's own name of the message, when its answer holds one."""
    try:
        document = json.loads(answer.octets)
    except ValueError:
        return ""
    found = document.get("id") if isinstance(document, dict) else None
    return found if isinstance(found, str) else ""


def _refusal(answer: _Answer) -> TransportError:
    status = answer.status
    temporary = status >= 500 or status in _TEMPORARY  # noqa: PLR2004 - the class of its faults
    wait = answer.headers.get("Retry-After", "")
    return TransportError(
        str(status),
        answer.reason,
        permanent=not temporary,
        down=status in {429, 503},
        retry_after=min(int(wait), _LONGEST_WAIT) if wait.isdecimal() else None,
    )
