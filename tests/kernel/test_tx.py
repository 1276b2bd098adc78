from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from loyalty.events import MemberEnrolled
from loyalty.kernel.access.errors import WeakSecret
from loyalty.kernel.access.models import Staff
from loyalty.kernel.access.people import take_on_staff
from loyalty.kernel.access.principals import Role
from loyalty.kernel.audit import AuditEntry, first_broken_entry, record_audit
from loyalty.kernel.db import Database
from loyalty.kernel.outbox import OutboxEvent
from loyalty.kernel.problems import StorageUnavailable
from loyalty.kernel.revisions import Compiled, bump


def count(database, table):
    with database.look() as tx:
        return tx.run(select(func.count()).select_from(table)).scalar()


def test_a_block_that_raises_leaves_nothing(database):
    with pytest.raises(WeakSecret), database.begin(actor="test") as tx:
        take_on_staff(tx, name="Cleo", role=Role.CASHIER, pin="246810")
        tx.announce(MemberEnrolled("mbr_1"))
        take_on_staff(tx, name="Ben", role=Role.CASHIER, pin="1")
    assert count(database, Staff) == 0
    assert count(database, OutboxEvent) == 0


def test_time_stands_still_inside_a_transaction(database, clock):
    with database.begin(actor="test") as tx:
        before = tx.now
        clock.move(by=timedelta(hours=1))
        assert tx.now == before


def test_instants_and_days_come_back_as_they_went(database, clock):
    with database.begin(actor="test") as tx:
        tx.announce(MemberEnrolled("mbr_1"))
    with database.look() as tx:
        row = tx.run(select(OutboxEvent.announced_at, OutboxEvent.body)).one()
    assert row.announced_at == clock()
    assert row.announced_at.tzinfo is not None
    assert row.body == {"member_id": "mbr_1"}


def test_a_naive_instant_is_refused(database, clock):
    naive = clock().replace(tzinfo=None)
    with pytest.raises(Exception, match="time zone"), database.look() as tx:
        tx.run(select(OutboxEvent.id).where(OutboxEvent.announced_at < naive))


def test_append_only_rows_are_never_changed_or_deleted(database):
    with database.begin(actor="test") as tx:
        record_audit(tx, action="a", subject="s", details={})
    for statement in ("UPDATE audit_entries SET action = 'b'", "DELETE FROM audit_entries"):
        with pytest.raises(Exception, match="never changed"), database.begin(actor="x") as tx:
            tx.run(text(statement))


def test_sqlite_tables_refuse_values_of_another_type(sqlite_database):
    with pytest.raises(IntegrityError), sqlite_database.begin(actor="test") as tx:
        tx.run(text("INSERT INTO revisions (topic, number) VALUES ('x', '12abc')"))


def test_sqlite_is_durable_and_keeps_foreign_keys(sqlite_database):
    with sqlite_database.look() as tx:
        pragmas = [
            tx.run(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert pragmas == ["wal", 2, 1]


def test_a_database_that_is_away_is_unavailable_not_a_crash(tmp_path):
    away = Database("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(StorageUnavailable), away.begin(actor="test"):
        pass
    missing = Database(f"sqlite:///{tmp_path}/no/such/folder/x.db")
    with pytest.raises(StorageUnavailable), missing.look() as tx:
        tx.run(text("SELECT 1"))


def test_a_mistake_of_ours_is_not_called_unavailable(database):
    with pytest.raises(Exception, match="no_such_table"), database.look() as tx:
        tx.run(text("SELECT 1 FROM no_such_table"))


def test_writers_on_sqlite_queue_instead_of_failing(sqlite_database):
    def write():
        for _ in range(20):
            with sqlite_database.begin(actor="t") as tx:
                record_audit(tx, action="a", subject="s", details={})

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(sqlite_database, AuditEntry) == 80


def test_audit_entries_chain_whoever_writes_at_once(fresh_postgres):
    def write():
        for _ in range(15):
            with fresh_postgres.begin(actor="t") as tx:
                record_audit(tx, action="a", subject="s", details={"n": 1})

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with fresh_postgres.look() as tx:
        assert first_broken_entry(tx) is None
    assert count(fresh_postgres, AuditEntry) == 60


@pytest.mark.parametrize(
    "tamper",
    [
        "UPDATE audit_entries SET action = 'other' WHERE seq = 3",
        "DELETE FROM audit_entries WHERE seq = 3",
        "UPDATE audit_entries SET actor = 'mallory' WHERE seq = 3",
    ],
)
def test_a_tampered_audit_entry_is_found_and_named(sqlite_database, tamper):
    for n in range(5):
        with sqlite_database.begin(actor="t") as tx:
            record_audit(tx, action="a", subject="s", details={"n": n})
    with sqlite_database.begin(actor="mallory") as tx:
        tx.run(text("DROP TRIGGER audit_entries_no_update"))
        tx.run(text("DROP TRIGGER audit_entries_no_delete"))
        tx.run(text(tamper))
    with sqlite_database.look() as tx:
        assert first_broken_entry(tx) == 3


def test_compiled_documents_follow_their_topic(database):
    compiled_from = []

    def compile_rules(tx):
        compiled_from.append(tx.now)
        return len(compiled_from)

    held = Compiled("rules", compile_rules)
    with database.begin(actor="test") as tx:
        assert held.get(tx) == 1
        assert held.get(tx) == 1
        bump(tx, "rules")
    with database.look() as tx:
        assert held.get(tx) == 2
    with database.begin(actor="test") as tx:
        bump(tx, "other")
    with database.look() as tx:
        assert held.get(tx) == 2
