"""Signed requests: what our verifier accepts, an independent signer made; what it must refuse."""

import base64
import dataclasses
import hashlib
import hmac
from datetime import timedelta

import pytest

from pos_adapter.errors import (
    SignatureBodyChanged,
    SignatureIncomplete,
    SignatureStale,
    SignatureWrong,
)
from pos_adapter.signatures import (
    MAX_AGE_SECONDS,
    MAX_SKEW_SECONDS,
    content_digest,
    signature_base,
)
from tests.pos_adapter.signed import ALL, BODY, KEY_ID, NOW, Message, check, signed, with_header


def test_a_request_signed_by_an_independent_library_is_accepted():
    signature = check(signed())

    assert (signature.key_id, signature.nonce) == (KEY_ID, "n-0001")
    assert signature.components == ALL


@pytest.mark.parametrize(
    "covered",
    [
        ("@method", "@target-uri", "content-digest"),
        ("content-digest", "@query", "@path", "@method", "@authority"),
        ("@method", "@path", "@query", "content-digest", "content-type"),
    ],
)
def test_any_order_and_more_components_than_asked_are_fine(covered):
    check(signed(covered=covered))


def test_a_look_up_without_body_needs_no_digest():
    message = Message(method="GET", url="http://till.test/api/v1/till/counter", body=b"")

    check(signed(message, covered=("@method", "@path")))


def test_the_vector_of_the_standard_gives_its_signature():
    """RFC 9421, B.2.5: HMAC-SHA-256 over date, authority and content type."""
    secret = base64.b64decode(
        "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=="
    )
    params = '("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"'
    base = "\n".join(
        [
            '"date": Tue, 20 Apr 2021 02:07:55 GMT',
            '"@authority": example.com',
            '"content-type": application/json',
            f'"@signature-params": {params}',
        ]
    )
    mac = base64.b64encode(hmac.digest(secret, base.encode(), hashlib.sha256)).decode()

    assert mac == "pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8="
    request = dataclasses.replace(Message().as_received(), authority="example.com")
    ours = signature_base(request, ("@authority", "content-type"), params)
    assert ours == base.split("\n", 1)[1]


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"body": b'{"lines": [1]}'}, SignatureBodyChanged),
        ({"body": BODY + b" "}, SignatureBodyChanged),
        ({"method": "PUT"}, SignatureWrong),
        ({"path": "/api/v1/till/returns"}, SignatureWrong),
        ({"query": "dry=0"}, SignatureWrong),
        ({"query": ""}, SignatureWrong),
    ],
)
def test_a_changed_request_is_refused(changed, refusal):
    with pytest.raises(refusal):
        check(dataclasses.replace(signed(), **changed))


def test_a_changed_body_with_its_own_digest_is_refused():
    body = b'{"lines": [1]}'
    request = dataclasses.replace(signed(), body=body)

    with pytest.raises(SignatureWrong):
        check(with_header(request, "content-digest", content_digest(body)))


def test_another_key_is_refused():
    with pytest.raises(SignatureWrong):
        check(signed(), secret=bytes(32))


@pytest.mark.parametrize(
    "covered",
    [
        ("@path", "@query", "content-digest"),
        ("@method", "@query", "content-digest"),
        ("@method", "@path", "content-digest"),
        ("@method", "@path", "@query"),
        ("@authority",),
    ],
)
def test_a_signature_that_leaves_something_open_is_refused(covered):
    with pytest.raises(SignatureIncomplete):
        check(signed(covered=covered))


@pytest.mark.parametrize(
    ("seconds", "fine"),
    [
        (0, True),
        (-MAX_AGE_SECONDS, True),
        (-MAX_AGE_SECONDS - 1, False),
        (MAX_SKEW_SECONDS, True),
        (MAX_SKEW_SECONDS + 1, False),
        (-86_400, False),
    ],
)
def test_a_signature_lives_for_two_minutes(seconds, fine):
    request = signed(created=NOW + timedelta(seconds=seconds))

    if fine:
        check(request)
    else:
        with pytest.raises(SignatureStale):
            check(request)


def test_an_expiry_of_the_sender_is_respected():
    request = signed(expires=(NOW + timedelta(seconds=5)).astimezone())

    check(request, now=NOW + timedelta(seconds=5))
    with pytest.raises(SignatureStale):
        check(request, now=NOW + timedelta(seconds=6))
