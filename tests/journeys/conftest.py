"""Journeys: the real application on a loopback port, and a real browser in front of it.

``live`` is the running application; ``visit`` opens a page in a fresh browser context and fails
the test on anything a person would call broken: a script error, a refused resource, a 5xx.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask

from admin.app import create_app
from loyalty.kernel.cache import MemoryCache
from loyalty.kernel.clock import MovableClock
from loyalty.kernel.db import Database
from loyalty.kernel.runtime import Runtime
from loyalty.kernel.settings import Settings
from loyalty.kernel.signing import Keys
from tests.services.web import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
QUIET = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"
"""Keeps Chromium from calling anybody but the application under test."""


@dataclass
class Live:
    """The running application: ``url`` reaches it, the rest is what it runs on."""

    url: str
    runtime: Runtime
    clock: MovableClock
    app: Flask

    @property
    def database(self) -> Database:
        """Return its database, to arrange things and to look at what became of them."""
        return self.runtime.database

    @property
    def keys(self) -> Keys:
        """Return the keys that its cards and links are made with."""
        return self.runtime.keys


@dataclass
class Trouble:
    """What went wrong in a browser while nobody looked. A test may expect some of it."""

    seen: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()

    def expect(self, *words: str) -> None:
        """Let trouble pass that contains one of ``words``."""
        self.expected += words

    def unexpected(self) -> list[str]:
        """Return what the test did not say it expected."""
        return [one for one in self.seen if not any(word in one for word in self.expected)]


@pytest.fixture
def live(sqlite_database: Database, settings: Settings, clock: MovableClock) -> Iterator[Live]:
    """The whole application, served by threads on a random loopback port."""
    opened: list[Live] = []

    def make(url: str) -> Flask:
        own = replace(settings, public_url=url)
        runtime = Runtime(own, sqlite_database, Keys(own.secret_key), MemoryCache())
        opened.append(Live(url, runtime, clock, create_app(runtime)))
        return opened[0].app

    with served(make):
        yield opened[0]


@pytest.fixture
def trouble() -> Iterator[Trouble]:
    """What the browsers of this test complained about; unexpected complaints fail it."""
    found = Trouble()
    yield found
    assert found.unexpected() == []


@pytest.fixture
def visit(browser: Browser, live: Live, trouble: Trouble) -> Iterator[Callable[..., Page]]:
    """Open a path of the application: ``visit("/till/")``; options go to the browser context.

    Every call is another person's browser, unless it is given the ``context`` of an earlier page.
    """
    opened: list[BrowserContext] = []

    def go(
        path: str,
        *,
        context: BrowserContext | None = None,
        by: Browser | None = None,
        cookies: Sequence[Any] = (),
        **options: Any,
    ) -> Page:
        if context is None:
            defaults = {"locale": "en-GB", "viewport": DESK, "base_url": live.url}
            context = (by or browser).new_context(**(defaults | options))
            context.set_default_timeout(10_000)
            context.add_cookies(list(cookies))
            opened.append(context)
        page = context.new_page()
        watch(page, trouble)
        page.goto(path)
        return page

    yield go
    for context in opened:
        context.close()


def watch(page: Page, trouble: Trouble) -> None:
    """Note everything that a page complains about."""
    page.on("pageerror", lambda error: trouble.seen.append(f"script: {error}"))
    page.on(
        "console",
        lambda message: (
            trouble.seen.append(f"console: {message.text}") if message.type == "error" else None
        ),
    )
    page.on(
        "response",
        lambda response: (
            trouble.seen.append(f"{response.status}: {response.url}")
            if response.status >= 500
            else None
        ),
    )
