"""What the tests of the kernel's web share."""

from __future__ import annotations

import pytest

from loyalty.kernel.access.principals import (
    PrincipalKind,
)
from loyalty.kernel.access.sessions import start_session
from loyalty.kernel.cache import MemoryCache
from loyalty.kernel.plugin import Plugin
from loyalty.kernel.runtime import Runtime
from loyalty.kernel.signing import Keys
from loyalty.kernel.web import app_kit
from tests.kernel.web_kit import make_views


@pytest.fixture
def runtime(sqlite_database, settings):
    return Runtime(settings=settings, database=sqlite_database, keys=Keys("k"), cache=MemoryCache())


@pytest.fixture
def client(runtime, monkeypatch):
    monkeypatch.setattr(app_kit, "TEMPLATE_PACKAGES", ("loyalty.kernel.web",))
    *pages, blp = make_views()
    app = app_kit.build_app(runtime, (Plugin("test", api=(blp,), pages=tuple(pages)),))
    return app.test_client()


@pytest.fixture
def as_member(client, runtime):
    with runtime.database.begin(actor="test") as tx:
        session = start_session(tx, kind=PrincipalKind.MEMBER, subject_id="mbr_1")
    client.set_cookie("palier-member", session.token)
    return client
