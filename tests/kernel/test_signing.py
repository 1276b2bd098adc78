from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from loyalty.kernel.signing import Keys, TokenRefused, digest, random_digits, random_token

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
KEYS = Keys("a secret of the tests")


def test_a_token_carries_its_facts_until_it_expires():
    token = KEYS.sign_token("link", {"member": "mbr_1"}, until=NOW + timedelta(minutes=15))
    assert KEYS.read_token("link", token, now=NOW) == {"member": "mbr_1"}
    with pytest.raises(TokenRefused) as refused:
        KEYS.read_token("link", token, now=NOW + timedelta(minutes=15))
    assert refused.value.reason == "expired"


def test_a_token_is_worth_nothing_for_another_purpose_or_under_another_key():
    token = KEYS.sign_token("link", {}, until=NOW + timedelta(minutes=15))
    for keys, purpose in ((KEYS, "unsubscribe"), (Keys("another"), "link")):
        with pytest.raises(TokenRefused):
            keys.read_token(purpose, token, now=NOW)


def test_no_altered_token_is_accepted():
    token = KEYS.sign_token("link", {"member": "mbr_1"}, until=NOW + timedelta(minutes=15))
    accepted = []
    for at in range(len(token)):
        for letter in "Aa0_":
            forged = token[:at] + letter + token[at + 1 :]
            if forged == token:
                continue
            try:
                facts = KEYS.read_token("link", forged, now=NOW)
            except TokenRefused:
                continue
            accepted.append((at, facts))
    # the last letter of a base-64 text carries spare bits: the same bytes, the same facts
    assert all(facts == {"member": "mbr_1"} for _, facts in accepted)


@pytest.mark.parametrize("token", ["", ".", "a", "a.b.c", "é.é", "!!.!!", "x" * 5000])
def test_nonsense_is_damaged_not_a_crash(token):
    with pytest.raises(TokenRefused) as refused:
        KEYS.read_token("link", token, now=NOW)
    assert refused.value.reason == "damaged"


def test_purposes_have_keys_of_their_own():
    assert KEYS.derive("cards") != KEYS.derive("sessions")
    assert KEYS.mac("cards", b"1") != KEYS.mac("sessions", b"1")
    assert KEYS.same("cards", b"1", KEYS.mac("cards", b"1"))
    assert not KEYS.same("cards", b"1", KEYS.mac("cards", b"2"))


def test_derivation_follows_rfc_5869():
    """Independent check: the cryptography library's HKDF, where it is installed with the tests."""
    hkdf = pytest.importorskip("cryptography.hazmat.primitives.kdf.hkdf")
    hashes = pytest.importorskip("cryptography.hazmat.primitives.hashes")
    made = hkdf.HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"palier:cards")
    assert made.derive(b"a secret of the tests") == KEYS.derive("cards")


def test_random_things_differ():
    assert random_token() != random_token()
    assert len(random_digits(8)) == 8
    assert len(digest("x")) == 64
