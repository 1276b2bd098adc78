"""A signed request as our verifier receives it, made by an independent library."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

from http_message_signatures import (
    HTTPMessageSigner,
    HTTPSignatureComponentResolver,
    algorithms,
)

from pos_adapter.signatures import SignedRequest, content_digest, read_signature, verify
from tests.pos_adapter.signing import OneKey

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
SECRET = bytes(range(32))
KEY_ID = "trm_01k9x3m2q7aaaaaaaaaaaaaaaa.2"
BODY = b'{"lines": []}'
ALL = ("@method", "@path", "@query", "content-digest")


class Message:
    """A request as the independent library sees one."""

    def __init__(self, method="POST", url="http://till.test/api/v1/till/sales?dry=1", body=BODY):
        self.method, self.url, self.body = method, url, body
        self.headers = {"Content-Type": "application/json"}
        if body:
            self.headers["Content-Digest"] = content_digest(body)

    def as_received(self):
        scheme, _, rest = self.url.partition("://")
        authority, _, target = rest.partition("/")
        path, _, query = f"/{target}".partition("?")
        return SignedRequest(
            method=self.method,
            target_uri=f"{scheme}://{rest}",
            authority=authority,
            path=path,
            query=query,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.body,
        )


def signed(message=None, *, covered=ALL, created=NOW, nonce="n-0001", label="till", **options):
    """Sign with the independent library, as an integrator would."""
    message = message or Message()
    signer = HTTPMessageSigner(
        signature_algorithm=algorithms.HMAC_SHA256,
        key_resolver=OneKey(SECRET),
        component_resolver_class=HTTPSignatureComponentResolver,
    )
    signer.sign(
        message,
        key_id=KEY_ID,
        created=created.astimezone(),
        nonce=nonce,
        label=label,
        covered_component_ids=covered,
        use_existing_digest=bool(message.body),
        **options,
    )
    return message.as_received()


def check(request, *, secret=SECRET, now=NOW):
    signature = read_signature(request)
    verify(request, signature, secret, now=now)
    return signature


def with_header(request, name, value):
    return dataclasses.replace(request, headers={**request.headers, name: value})
