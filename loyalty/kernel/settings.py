"""Every setting, in one documented dataclass, read once from the environment.

A setting ``database_url`` is read from ``DATABASE_URL``, or from the file named by
``DATABASE_URL_FILE`` (for secrets mounted as files). ``docs/reference/configuration.md`` is
generated from this class.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from marshmallow import ValidationError
from marshmallow.fields import Boolean, Enum, Field, Integer


class Mode(StrEnum):
    """What the installation is for."""

    DEMO = "demo"
    PRODUCTION = "production"
    TEST = "test"


class SettingsRefused(Exception):
    """The environment does not make a safe installation; the message says what to set."""


def setting(default: object, help_: str, *, secret: bool = False) -> Any:
    """Declare a setting with its default and the sentence that documents it."""
    return field(default=default, metadata={"help": help_, "secret": secret})


YES = True


@dataclass(frozen=True, slots=True)
class Settings:
    """What an installation can be told. The defaults suit ``demo`` on one machine."""

    mode: Mode = setting(
        Mode.PRODUCTION,
        "demo, production or test. Production refuses to start with unsafe or missing secrets.",
    )
    secret_key: str = setting(
        "",
        "The root of every derived key: cards, sessions, links, terminals. At least 32 "
        "characters of randomness; losing it invalidates every printed card.",
        secret=True,
    )
    database_url: str = setting(
        "sqlite:///palier.db",
        "SQLAlchemy URL: sqlite:///file.db, or postgresql://name:password@host/database.",
        secret=True,
    )
    redis_url: str = setting(
        "",
        "Redis or Valkey (6.2 commands) for limits and caches shared by several processes. "
        "Empty: in the process, which is right for one process only.",
        secret=True,
    )
    public_url: str = setting(
        "http://127.0.0.1:8080",
        "The address at which people reach the installation; used in links, QR posters and mail.",
    )
    data_dir: str = setting("var", "Folder for the demo mailbox and exported files.")
    programme: str = setting("main", "Name of the loyalty programme that this installation runs.")
    zone: str = setting("Europe/Paris", "Time zone of the programme: business days and windows.")
    currency: str = setting("EUR", "Currency of the programme, ISO 4217.")
    language: str = setting("fr", "Language of people who have not chosen one: fr or en.")
    brand: str = setting("Palier", "The retailer's name, shown to shoppers.")
    cookie_secure: bool = setting(
        YES,
        "Cookies travel over https only. False only for http on a loopback address.",
    )
    trusted_proxies: int = setting(
        0, "How many reverse proxies stand in front and set X-Forwarded-* headers."
    )
    mail_transport: str = setting("file", "smtp, or file (messages are written to data_dir).")
    smtp_url: str = setting(
        "smtp://127.0.0.1:25",
        "smtp://name:password@host:port, or smtps:// for TLS from the first byte; "
        "smtp:// upgrades with STARTTLS whenever the server offers it.",
        secret=True,
    )
    mail_from: str = setting("Palier <bonjour@example.org>", "Sender of every e-mail.")
    sms_url: str = setting("", "Address of the SMS gateway. Empty: SMS are written to data_dir.")
    sms_token: str = setting("", "Bearer token for the SMS gateway.", secret=True)
    sms_sender: str = setting("PALIER", "Sender name of every SMS, at most 11 letters.")
    sms_stop: str = setting("STOP 36180", "How to opt out, added to every marketing SMS.")
    sms_part_minor: int = setting(
        6, "Price of one SMS part, in the minor unit of the currency; used for previews."
    )
    email_weekly_cap: int = setting(3, "Marketing e-mails a member may get in seven days.")
    sms_weekly_cap: int = setting(2, "Marketing SMS a member may get in seven days.")
    jobs_in_server: bool = setting(
        YES, "Run the worker's jobs in threads of `loyalty serve`. False beside `loyalty worker`."
    )
    compiled_seconds: int = setting(
        1, "How long a process may use a programme or offers before asking whether they changed."
    )
    earn_together: bool = setting(
        YES,
        "Points that several tills give at the same moment share one statement. False: each alone.",
    )
    log_level: str = setting("INFO", "DEBUG, INFO, WARNING or ERROR.")

    def __post_init__(self) -> None:
        """Refuse what would run but not be safe."""
        if self.mode is Mode.PRODUCTION:
            _refuse_unsafe(self)


SHORTEST_SECRET = 32
FEWEST_LETTERS = 10
"""A secret with fewer different characters was typed, not drawn."""
_COMMON_SECRETS = frozenset({"secret", "changeme", "change-me", "dev", "password", "palier", "key"})


def _refuse_unsafe(settings: Settings) -> None:
    """Raise ``SettingsRefused`` naming the first setting that is missing or weak."""
    key = settings.secret_key
    if not key:
        message = (
            "SECRET_KEY is not set. Make one with `loyalty secret` and keep it: "
            "cards are derived from it."
        )
        raise SettingsRefused(message)
    weak = len(key) < SHORTEST_SECRET or len(set(key)) < FEWEST_LETTERS
    if weak or any(word * 4 in key.lower() for word in _COMMON_SECRETS):
        message = (
            "SECRET_KEY is too weak: at least 32 random characters are needed. "
            "Make one with `loyalty secret`."
        )
        raise SettingsRefused(message)
    if not settings.cookie_secure and not settings.public_url.startswith("http://127.0.0.1"):
        message = "COOKIE_SECURE=false is only accepted with PUBLIC_URL=http://127.0.0.1..."
        raise SettingsRefused(message)


def load_settings(environ: Mapping[str, str], **overrides: Any) -> Settings:
    """Read the settings from ``environ``; ``overrides`` win.

    Raises:
        SettingsRefused: a value cannot be read, or the installation would not be safe.
    """
    values: dict[str, Any] = {}
    for declared in fields(Settings):
        if declared.name in overrides:
            values[declared.name] = overrides[declared.name]
            continue
        raw = _raw(environ, declared.name.upper())
        if raw is not None:
            values[declared.name] = _parse(declared.name, raw, type(declared.default))
    return Settings(**values)


def _raw(environ: Mapping[str, str], name: str) -> str | None:
    """Return the text of a setting: from the environment, or from the file it names."""
    if name in environ:
        return environ[name]
    if f"{name}_FILE" in environ:
        path = Path(environ[f"{name}_FILE"])
        try:
            return path.read_text(encoding="utf-8").strip()
        except OSError as error:
            message = f"{name}_FILE: cannot read {path}: {error.strerror}"
            raise SettingsRefused(message) from error
    return None


def _parse(name: str, raw: str, kind: type) -> Any:
    """Turn the text of a setting into its type."""
    reader = _READERS.get(kind)
    if reader is None:
        return raw
    try:
        return reader.deserialize(raw)
    except ValidationError as error:
        message = f"{name.upper()}={raw!r} cannot be read: {' '.join(map(str, error.messages))}"
        raise SettingsRefused(message) from error


_READERS: dict[type, Field[Any]] = {
    bool: Boolean(),
    int: Integer(),
    Mode: Enum(Mode, by_value=True),
}
