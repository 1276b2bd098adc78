"""Two shoppers, one address, one instant: one of them becomes a member."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from loyalty.commands import publish_preset
from loyalty.kernel.cache import MemoryCache
from loyalty.kernel.runtime import Runtime
from loyalty.kernel.signing import Keys
from loyalty.kernel.web.app_kit import build_app
from loyalty.models import Card, Member
from loyalty.plugin import plugin
from tests.loyalty.pages.phone import Phone

SHOPPERS = 6


@pytest.fixture(params=["sqlite_database", "fresh_postgres"])
def crowded(request, settings):
    """An application on each database, with nobody enrolled."""
    database = request.getfixturevalue(request.param)
    with database.begin(actor="test") as tx:
        publish_preset(tx)
    runtime = Runtime(
        settings=settings, database=database, keys=Keys(settings.secret_key), cache=MemoryCache()
    )
    return build_app(runtime, (plugin,))


def _all_at_once(sends):
    start = Barrier(len(sends))

    def run(send):
        start.wait()
        return send().status_code

    with ThreadPoolExecutor(len(sends)) as pool:
        return sorted(pool.map(run, sends))


def _count(app, model):
    with app.extensions["palier"].database.look() as tx:
        return tx.run(select(func.count()).select_from(model)).scalar()


def test_one_address_makes_one_member(crowded):
    phones = [Phone(crowded) for _ in range(SHOPPERS)]
    forms = [phone.form("/app/join", "/app/join") for phone in phones]
    answers = _all_at_once(
        [
            lambda phone=phone, form=form, n=n: phone.send(
                form, given_name=f"Ada {n}", email="ada@example.org"
            )
            for n, (phone, form) in enumerate(zip(phones, forms, strict=True))
        ]
    )
    assert answers == [303] + [409] * (SHOPPERS - 1)
    assert (_count(crowded, Member), _count(crowded, Card)) == (1, 1)


def test_an_impatient_finger_makes_one_member(crowded):
    phone = Phone(crowded)
    form = phone.form("/app/join", "/app/join")
    fingers = [Phone(crowded) for _ in range(SHOPPERS)]
    visit = phone.client.get_cookie("palier-visit")
    assert visit is not None
    for finger in fingers:
        finger.client.set_cookie("palier-visit", visit.value)
    answers = _all_at_once(
        [
            lambda finger=finger: finger.send(form, given_name="Ada", email="ada@example.org")
            for finger in fingers
        ]
    )
    assert answers == [303] * SHOPPERS
    assert (_count(crowded, Member), _count(crowded, Card)) == (1, 1)
