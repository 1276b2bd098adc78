"""Sign a till's requests with an independent library, as an integrator would."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime

from http_message_signatures import (
    HTTPMessageSigner,
    HTTPSignatureComponentResolver,
    HTTPSignatureKeyResolver,
    algorithms,
)

HOST = "http://localhost"


class _Message:
    def __init__(self, method: str, url: str, body: bytes):
        self.method, self.url, self.body = method, url, body
        self.headers: dict[str, str] = {}


class OneKey(HTTPSignatureKeyResolver):
    """A ring with one secret on it."""

    def __init__(self, secret: bytes):
        self._secret = secret

    def resolve_public_key(self, key_id):
        return self._secret

    def resolve_private_key(self, key_id):
        return self._secret


def sign(
    method: str,
    path: str,
    body: bytes,
    *,
    key_id: str,
    secret: str,
    created: datetime,
    nonce: str,
    covered: tuple[str, ...] = ("@method", "@path", "@query", "content-digest"),
) -> dict[str, str]:
    """Return the headers that sign a request."""
    message = _Message(method, HOST + path, body)
    if body:
        message.headers["Content-Digest"] = _digest(body)
    else:
        covered = tuple(name for name in covered if name != "content-digest")
    if "?" not in path:
        covered = tuple(name for name in covered if name != "@query")
    HTTPMessageSigner(
        signature_algorithm=algorithms.HMAC_SHA256,
        key_resolver=OneKey(base64.b64decode(secret)),
        component_resolver_class=HTTPSignatureComponentResolver,
    ).sign(
        message,
        key_id=key_id,
        created=created.astimezone(),
        nonce=nonce,
        label="till",
        covered_component_ids=covered,
        use_existing_digest=bool(body),
    )
    return dict(message.headers)


def _digest(body: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
