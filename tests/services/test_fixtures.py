"""The fixtures keep their word: every test finds a clean, real, separate ground."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import func, select

from loyalty.kernel.audit import AuditEntry, record_audit
from tests.conftest import NOW

ROOT = Path(__file__).resolve().parents[2]


def _count(tx):
    return tx.run(select(func.count()).select_from(AuditEntry.__table__)).scalar()


def _write(tx, subject):
    record_audit(tx, action="tried", subject=subject, details={})


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_finds_empty_tables_and_may_write_to_append_only_ones(database, turn):
    with database.begin(actor="test") as tx:
        assert _count(tx) == 0
        _write(tx, f"turn {turn}")
    with database.look() as tx:
        assert _count(tx) == 1


@pytest.mark.parametrize("turn", [1, 2])
def test_the_open_transaction_starts_clean_too(tx, turn):
    assert _count(tx) == 0
    _write(tx, f"turn {turn}")


def test_a_fresh_postgres_is_nobody_elses(fresh_postgres, postgres_database):
    with fresh_postgres.begin(actor="test") as tx:
        _write(tx, "mine")
    with postgres_database.look() as tx:
        assert _count(tx) == 0


def test_threads_may_share_a_fresh_postgres(fresh_postgres):
    def write(number):
        with fresh_postgres.begin(actor="test") as tx:
            _write(tx, f"thread {number}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(8)))
    with fresh_postgres.look() as tx:
        assert _count(tx) == 8


def test_the_clock_stands_still_until_moved(tx, clock):
    assert tx.now == NOW
    assert clock.move(by=timedelta(days=1)) == NOW + timedelta(days=1)
    assert tx.now == NOW


@pytest.mark.parametrize("turn", [1, 2])
def test_redis_is_real_and_empty(redis_url, turn):
    with Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("turn", turn)
        assert client.get("turn") == str(turn).encode()


def test_settings_are_those_of_a_test_installation(settings, tmp_path):
    assert settings.mode.value == "test"
    assert settings.data_dir.startswith(str(tmp_path))


@pytest.mark.browser
def test_the_browser_runs_our_scripts(browser):
    context = browser.new_context()
    page = context.new_page()
    page.set_content("<title>before</title><script>document.title = 6 * 7</script>")
    assert page.title() == "42"
    context.close()


def test_the_absence_of_a_browser_is_said_aloud(tmp_path):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "0"]
    without = {"PATH": str(tmp_path), "HOME": str(tmp_path)}
    done = subprocess.run(
        [*command, __file__, "-k", "runs_our_scripts"],
        cwd=ROOT,
        env=without,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "No Chromium was found: 1 browser tests were left out." in done.stdout
    assert "1 skipped" in done.stdout
