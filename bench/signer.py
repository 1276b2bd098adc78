"""Signs till requests as cheaply as a till would, with nothing but the standard library.

Source: RFC 9421 (HTTP message signatures), RFC 9530 (digest fields).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from dataclasses import dataclass


@dataclass(slots=True)
class Signer:
    """A till's key, and how many requests it has signed."""

    key_id: str
    secret: bytes
    count: int = 0

    def headers(self, method: str, path: str, body: bytes) -> dict[str, str]:
        """Return the headers of a signed request."""
        self.count += 1
        digest = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
        parameters = (
            '("@method" "@path" "content-digest")'
            f';created={int(time.time())};keyid="{self.key_id}"'
            f';nonce="{self.key_id[-8:]}-{self.count}-{time.time_ns()}";alg="hmac-sha256"'
        )
        base = (
            f'"@method": {method}\n"@path": {path}\n"content-digest": {digest}\n'
            f'"@signature-params": {parameters}'
        )
        mac = hmac.digest(self.secret, base.encode(), hashlib.sha256)
        return {
            "Content-Type": "application/json",
            "Content-Digest": digest,
            "Signature-Input": f"sig={parameters}",
            "Signature": f"sig=:{base64.b64encode(mac).decode()}:",
        }
