"""Reading signatures that are not quite signatures."""

import base64
import dataclasses
from datetime import UTC, datetime

import pytest
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPSignatureComponentResolver,
    algorithms,
)
from hypothesis import given
from hypothesis import strategies as st

from pos_adapter.errors import (
    SignatureBodyChanged,
    SignatureIncomplete,
    SignatureMalformed,
    SignatureMissing,
    SignatureStale,
    SignatureWrong,
)
from pos_adapter.signatures import (
    SignedRequest,
    content_digest,
    read_signature,
    verify,
)
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


@pytest.mark.parametrize("name", ["signature", "signature-input"])
def test_half_a_signature_is_none(name):
    request = signed()
    headers = {key: value for key, value in request.headers.items() if key != name}

    with pytest.raises(SignatureMissing):
        check(dataclasses.replace(request, headers=headers))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("signature", lambda text: text.replace("till=", "other=")),
        ("signature", lambda text: text[:-4] + ":"),
        ("signature", lambda text: f"{text}, {text.replace('till', 'b')}"),
        ("signature-input", lambda text: f"{text}, {text.replace('till', 'b')}"),
        ("signature-input", lambda text: text.replace(";nonce=", ";nunce=")),
        ("signature-input", lambda text: text.replace(';nonce="n-0001"', "")),
        ("signature-input", lambda text: text.replace("hmac-sha256", "hmac-sha1")),
        ("signature-input", lambda text: text + ';nonce="again"'),
        ("signature-input", lambda text: text.replace('"@path"', '"@path" "@path"')),
        ("signature-input", lambda text: text.replace('"@path"', '"@path";req')),
        ("signature-input", lambda text: text.replace('"@path"', '"x-unknown"')),
        ("signature-input", lambda text: text.replace("created=1773135000", 'created="now"')),
        ("signature-input", lambda text: ""),
        ("content-digest", lambda text: "md5=:AAAA:"),
        ("content-digest", lambda text: "sha-256=:AA=:"),
    ],
)
def test_a_signature_that_is_not_quite_one_is_refused(name, change):
    request = signed()
    altered = with_header(request, name, change(request.headers[name]))

    assert altered.headers[name] != request.headers[name]
    with pytest.raises((SignatureMalformed, SignatureIncomplete, SignatureMissing, SignatureWrong)):
        check(altered)


@given(st.text(max_size=300), st.text(max_size=120), st.text(max_size=120), st.binary(max_size=50))
def test_no_header_breaks_the_reader(described, mac, digest, body):
    headers = {"signature-input": described, "signature": mac, "content-digest": digest}
    request = dataclasses.replace(Message().as_received(), headers=headers, body=body)

    with pytest.raises((SignatureMissing, SignatureMalformed)):
        check(request)


@given(st.data())
def test_one_changed_letter_of_a_signed_request_is_refused(data):
    """Any single character of what is signed or of the signature itself."""
    request = signed()
    name = data.draw(st.sampled_from(["signature", "signature-input", "content-digest", "path"]))
    text = request.path if name == "path" else request.headers[name]
    at = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from("abcXYZ019+/=\"';:()@ "))
    changed = text[:at] + letter + text[at + 1 :]
    # The last letter of a base64 value holds bits that nobody reads.
    if changed == text or same_bytes(text, changed):
        return
    altered = (
        dataclasses.replace(request, path=changed)
        if name == "path"
        else with_header(request, name, changed)
    )

    with pytest.raises(
        (
            SignatureMissing,
            SignatureMalformed,
            SignatureIncomplete,
            SignatureStale,
            SignatureWrong,
            SignatureBodyChanged,
        )
    ):
        check(altered)


def same_bytes(first, second):
    """Tell whether two base64 values in colons stand for the same bytes."""
    try:
        return base64.b64decode(first.split(":")[1]) == base64.b64decode(second.split(":")[1])
    except (IndexError, ValueError):
        return False
