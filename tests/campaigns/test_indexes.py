"""The sender's statements go through the indexes that were made for them, on both databases."""

from __future__ import annotations

from contextlib import contextmanager

from sqlalchemy import event, text

from campaigns.commands import recover_leases
from campaigns.commands.claim import claim_messages, still_allowed
from campaigns.jobs.dispatch import rules_of
from campaigns.queries import due_work
from campaigns.values import Channel, Lane, Work
from tests.campaigns.world import crowd, later, schedule, start


@contextmanager
def plans_of(runtime):
    """Collect how the database runs each statement about messages."""
    engine = runtime.database.engine
    word = "EXPLAIN QUERY PLAN " if runtime.database.is_sqlite else "EXPLAIN "
    plans: list[str] = []

    def explain(connection, cursor, statement, parameters, *others):
        if "messages" in statement and not statement.startswith("INSERT"):
            cursor.execute(word + statement, parameters)
            plan = " ".join(str(row[-1]) for row in cursor.fetchall())
            plans.append(f"{plan} <- {statement}")

    event.listen(engine, "before_cursor_execute", explain)
    yield plans
    event.remove(engine, "before_cursor_execute", explain)


def ask_for_indexes(tx):
    """Have PostgreSQL use an index wherever one fits, however few the rows."""
    if tx.dialect == "postgresql":
        tx.session.execute(text("SET LOCAL enable_seqscan = off"))


def test_claims_leases_counts_and_recovery_scan_nothing(runtime):
    crowd(runtime, 40)
    campaign_id = schedule(runtime)
    start(runtime)
    work = Work(campaign_id, Channel.EMAIL, Lane.MARKETING)
    rules = rules_of(runtime)
    with plans_of(runtime) as plans:
        with runtime.database.begin(actor="test") as tx:
            ask_for_indexes(tx)
            due_work(tx)
            claim = claim_messages(tx, work=work, holder="a", rules=rules)
            still_allowed(tx, work=work, messages=claim.messages, holder="a", rules=rules)
        later(runtime, minutes=6)
        with runtime.database.begin(actor="test") as tx:
            ask_for_indexes(tx)
            assert recover_leases(tx) == 40
    found = "\n".join(plans)
    assert "ix_messages_waiting" in found
    assert "ix_messages_leased" in found
    assert "ix_messages_id" in found
    for plan in plans:
        how = plan.partition(" <- ")[0]
        assert "SCAN messages" not in how, plan
        assert "Seq Scan on messages" not in how, plan
    assert len(plans) >= 6
