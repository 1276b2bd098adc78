"""Reading signatures that are not quite signatures."""

import base64
import dataclasses

import pytest
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
from tests.pos_adapter.signed import Message, check, signed, with_header


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
