"""Signed till requests: HTTP message signatures with a key per terminal.

Pure: a request and a key in, the name of the signer out. Who owns the key, and whether the nonce
is fresh, is asked by the caller (``pos_adapter.callers``).

Source: RFC 9421 (HTTP Message Signatures), RFC 9530 (Digest Fields), RFC 8941 (Structured Fields;
only the strict serialisation is accepted, so the signed text is the text that was sent).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pos_adapter.errors import (
    SignatureBodyChanged,
    SignatureIncomplete,
    SignatureMalformed,
    SignatureMissing,
    SignatureStale,
    SignatureWrong,
)

MAX_AGE_SECONDS = 120
"""How old a signature may be."""

MAX_SKEW_SECONDS = 60
"""How far ahead of ours a till's clock may run."""

NONCE_SECONDS = MAX_AGE_SECONDS + MAX_SKEW_SECONDS
"""How long a nonce is remembered: as long as its signature could be accepted again."""

ALGORITHM = "hmac-sha256"

_VALUE = r"[A-Za-z0-9._:@/+=-]"
_MEMBER = re.compile(
    r"(?P<label>[a-z*][a-z0-9_.*-]{0,31})="
    r'(?P<params>\((?P<parts>"[a-z0-9@-]+"(?: "[a-z0-9@-]+"){0,15})?\)'
    rf'(?P<rest>(?:;[a-z]+=(?:[0-9]{{1,15}}|"{_VALUE}{{1,128}}"))*))'
)
_PARAMETER = re.compile(r';([a-z]+)=(?:([0-9]+)|"([^"]+)")')
_SIGNATURE = re.compile(r"([a-z*][a-z0-9_.*-]{0,31})=:([A-Za-z0-9+/]{43}=):")
_DIGEST = re.compile(r"(sha-256|sha-512)=:([A-Za-z0-9+/]{43,86}={1,2}):")
_PARAMETERS = {"created", "expires", "nonce", "keyid", "alg", "tag"}
_FIELDS = {"content-digest", "content-type", "content-length"}


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """What of a request can be signed.

    ``query`` has no question mark; the names in ``headers`` are lower case.
    """

    method: str
    target_uri: str
    authority: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature as it was sent, not yet verified."""

    key_id: str
    nonce: str
    created: int
    expires: int | None
    components: tuple[str, ...]
    params: str
    mac: bytes


def read_signature(request: SignedRequest) -> Signature:
    """Return the request's one signature; nothing is verified yet.

    Raises:
        SignatureMissing: there is none.
        SignatureMalformed: it cannot be read, is not ours, or lacks created, nonce or keyid.
    """
    described = request.headers.get("signature-input", "")
    signed = request.headers.get("signature", "")
    if not described or not signed:
        raise SignatureMissing
    member, value = _MEMBER.fullmatch(described), _SIGNATURE.fullmatch(signed)
    if member is None or value is None or member["label"] != value[1]:
        raise SignatureMalformed
    found = _PARAMETER.findall(member["rest"])
    parameters = {name: number or text for name, number, text in found}
    known = len(found) == len(parameters) and set(parameters) <= _PARAMETERS
    if not known or not {"created", "nonce", "keyid"} <= set(parameters):
        raise SignatureMalformed
    if parameters.get("alg", ALGORITHM) != ALGORITHM:
        raise SignatureMalformed
    return Signature(
        key_id=parameters["keyid"],
        nonce=parameters["nonce"],
        created=_seconds(parameters["created"]),
        expires=_seconds(parameters["expires"]) if "expires" in parameters else None,
        components=tuple((member["parts"] or "").replace('"', "").split()),
        params=member["params"],
        mac=base64.b64decode(value[2]),
    )


def verify(request: SignedRequest, signature: Signature, secret: bytes, *, now: datetime) -> None:
    """Check that ``secret`` signed all of ``request``, body included, a moment ago.

    Repeating a request verbatim passes: the caller must claim the nonce afterwards.

    Raises:
        SignatureIncomplete: method, target or body are not covered.
        SignatureStale: older than two minutes, or more than one ahead of our clock.
        SignatureWrong: another key, or another request.
        SignatureBodyChanged: the body is not the one whose digest was signed.
    """
    _check_coverage(request, signature.components)
    instant = int(now.timestamp())
    lapsed = signature.expires is not None and signature.expires < instant
    if lapsed or not -MAX_AGE_SECONDS <= signature.created - instant <= MAX_SKEW_SECONDS:
        raise SignatureStale
    base = signature_base(request, signature.components, signature.params)
    expected = hmac.digest(secret, base.encode(), hashlib.sha256)
    if not hmac.compare_digest(expected, signature.mac):
        raise SignatureWrong
    if request.body or "content-digest" in request.headers:
        _check_body(request)


def signature_base(request: SignedRequest, components: tuple[str, ...], params: str) -> str:
    """Return the text that is signed. Source: RFC 9421, 2.5.

    Raises:
        SignatureMalformed: a component is not one that we know, or the request lacks it.
    """
    if len(set(components)) != len(components):
        raise SignatureMalformed
    lines = [f'"{name}": {_component(request, name)}' for name in components]
    return "\n".join([*lines, f'"@signature-params": {params}'])


def content_digest(body: bytes) -> str:
    """Return the value of ``Content-Digest`` for ``body``. Source: RFC 9530."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def _check_coverage(request: SignedRequest, components: tuple[str, ...]) -> None:
    """Refuse a signature under which something that matters could be exchanged."""
    covered = set(components)
    target = "@target-uri" in covered or (
        "@path" in covered and ("@query" in covered or not request.query)
    )
    body = "content-digest" in covered or not request.body
    if "@method" not in covered or not target or not body:
        raise SignatureIncomplete


def _component(request: SignedRequest, name: str) -> str:
    """Return the value of one component. Source: RFC 9421, 2.1 and 2.2."""
    derived = {
        "@method": request.method,
        "@target-uri": request.target_uri,
        "@authority": request.authority,
        "@path": request.path,
        "@query": f"?{request.query}",
    }
    if name in derived:
        return derived[name]
    value = request.headers.get(name) if name in _FIELDS else None
    if value is None:
        raise SignatureMalformed
    return value.strip()


def _check_body(request: SignedRequest) -> None:
    """Compare the body with its ``Content-Digest``."""
    match = _DIGEST.fullmatch(request.headers.get("content-digest", "").strip())
    if match is None:
        raise SignatureMalformed
    algorithm = hashlib.sha256 if match[1] == "sha-256" else hashlib.sha512
    try:
        claimed = base64.b64decode(match[2], validate=True)
    except binascii.Error as error:
        raise SignatureMalformed from error
    if not hmac.compare_digest(algorithm(request.body).digest(), claimed):
        raise SignatureBodyChanged


def _seconds(text: str) -> int:
    """Return an instant in Unix seconds; a quoted one is not an integer of RFC 8941."""
    if not text.isascii() or not text.isdigit():
        raise SignatureMalformed
    return int(text)
