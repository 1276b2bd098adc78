from __future__ import annotations

import secrets

import pytest

from loyalty.kernel.settings import Mode, SettingsRefused, load_settings

GOOD = "Zk3vQ9-w1xYb7Lr5TnC2mHs8Pd4Fj6Ga0Ue"
COMMON = (
    "secret", "changeme", "password", "palier", "dev", "key", "x", "", "12345678", "flask-secret",
    "a" * 64, "secretsecretsecretsecretsecretsecret", "abcabcabcabcabcabcabcabcabcabcabcabc",
)  # fmt: skip


@pytest.mark.parametrize("key", COMMON)
def test_production_refuses_to_start_with_a_weak_secret(key):
    with pytest.raises(SettingsRefused, match="SECRET_KEY"):
        load_settings({"SECRET_KEY": key})


def test_every_short_secret_is_refused_however_random():
    for length in range(1, 32):
        with pytest.raises(SettingsRefused):
            load_settings({"SECRET_KEY": secrets.token_hex(32)[:length]})


def test_a_drawn_secret_starts():
    assert load_settings({"SECRET_KEY": GOOD}).mode is Mode.PRODUCTION
    assert load_settings({"SECRET_KEY": secrets.token_urlsafe(48)})


def test_demo_needs_no_secret():
    assert load_settings({"MODE": "demo"}).secret_key == ""


def test_cookies_may_travel_in_clear_only_at_home():
    environ = {"SECRET_KEY": GOOD, "COOKIE_SECURE": "false"}
    with pytest.raises(SettingsRefused, match="COOKIE_SECURE"):
        load_settings({**environ, "PUBLIC_URL": "http://shop.example.org"})
    assert not load_settings({**environ, "PUBLIC_URL": "http://127.0.0.1:8080"}).cookie_secure


def test_a_secret_may_come_from_a_file(tmp_path):
    path = tmp_path / "key"
    path.write_text(GOOD + "\n")
    assert load_settings({"SECRET_KEY_FILE": str(path)}).secret_key == GOOD
    with pytest.raises(SettingsRefused, match="SECRET_KEY_FILE"):
        load_settings({"SECRET_KEY_FILE": str(tmp_path / "missing")})


@pytest.mark.parametrize(
    ("name", "value"),
    [("COOKIE_SECURE", "perhaps"), ("EMAIL_WEEKLY_CAP", "three"), ("MODE", "staging")],
)
def test_a_setting_that_cannot_be_read_is_named(name, value):
    with pytest.raises(SettingsRefused, match=name):
        load_settings({"SECRET_KEY": GOOD, name: value})
