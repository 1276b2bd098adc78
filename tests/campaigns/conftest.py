"""The ground of the campaigns' tests: a shop with a mailbox."""

from __future__ import annotations

import pytest

from tests.campaigns.world import open_shop, runtime_of


@pytest.fixture
def runtime(database, settings):
    """A runtime with the preset published and two stores, on each database."""
    open_shop(database)
    return runtime_of(database, settings)
