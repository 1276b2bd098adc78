"""The ground of the tests of the back office's pages."""

from __future__ import annotations

import shutil

import pytest

from loyalty.kernel.clock import MovableClock
from loyalty.kernel.db import Database
from tests.admin.office import furnish, open_office
from tests.conftest import NOW
from tests.services import run


@pytest.fixture(scope="session")
def furnished(tmp_path_factory):
    """A shop with a history, made once and copied for each test: its file and its furniture."""
    path = tmp_path_factory.mktemp("office") / "furnished.db"
    shutil.copyfile(run.sqlite_template(), path)
    database = Database(f"sqlite:///{path}", clock=MovableClock(NOW))
    furniture = furnish(database)
    database.dispose()
    return path, furniture


@pytest.fixture
def office(furnished, shelf, desk_folder, settings, clock):
    """A back office on SQLite; what depends on the database is tested below the pages."""
    path, furniture = furnished
    database = shelf.take_copy(path, desk_folder, clock)
    yield open_office(database, settings, furniture)
    database.dispose()
