"""The application as a whole, for tests about all of its routes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from loyalty.kernel.plugin import Plugin
from loyalty.kernel.runtime import open_runtime
from loyalty.kernel.web import app_kit


@pytest.fixture
def runtime(settings, sqlite_database, clock):
    """A runtime on a migrated, empty SQLite database."""
    url = sqlite_database.url.render_as_string(hide_password=False)
    opened = open_runtime(replace(settings, database_url=url), clock=clock)
    yield opened
    opened.database.dispose()


@pytest.fixture
def app(runtime):
    """The application with every package."""
    from admin.app import create_app  # noqa: PLC0415 - a broken package fails these tests only

    return create_app(runtime)


@pytest.fixture
def bare_app(runtime, monkeypatch):
    """The kernel's application with one package of the test's own, put in by its caller."""
    monkeypatch.setattr(app_kit, "TEMPLATE_PACKAGES", ("loyalty.kernel.web",))

    def build(*, api=(), pages=()):
        return app_kit.build_app(runtime, (Plugin(name="planted", api=api, pages=pages),))

    return build
