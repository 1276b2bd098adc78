"""Mistakes in what is locked, refused, repeated and written down."""

from __future__ import annotations

from tests.plants.planting import Plant

LEDGER, HOLDS, RACES = "test_ledger.py", "test_holds.py", "test_races.py"
PURCHASES, SCHEMA = "test_purchases.py", "tests/house/test_schema.py"
WRITING = "loyalty/kernel/db/database.py"

BOOKS = (
    Plant(
        "wallets are read without a lock",
        "commands/wallets.py",
        "    .with_for_update()\n",
        "",
        f"{RACES}::test_tills_and_holds_share_what_there_is",
    ),
    Plant(
        "two writers begin at once on SQLite",
        WRITING,
        '"BEGIN IMMEDIATE" if write else "BEGIN"',
        '"BEGIN"',
        f"{RACES}::test_sixteen_tills_redeem_the_same_points_and_one_gets_them",
    ),
    Plant(
        "a refused command keeps what it wrote",
        WRITING,
        "                yield tx\n                tx.commit(transaction)\n",
        "                try:\n                    yield tx\n"
        "                finally:\n                    tx.commit(transaction)\n",
        "tests/kernel/test_tx.py",
    ),
    Plant(
        "a repeat may ask for something else",
        "commands/ledger.py",
        "    if row.request_hash != request_hash:\n        raise SourceReused(source)\n",
        "",
        f"{LEDGER}::test_a_source_stands_for_one_request",
    ),
    Plant(
        "a repeat is posted again",
        "commands/ledger.py",
        "    if row is None:\n        return None\n    if row.request_hash",
        "    if row is None or row.seq:\n        return None\n    if row.request_hash",
        f"{LEDGER}::test_a_retry_returns_the_first_receipt_and_moves_nothing",
    ),
    Plant(
        "one point more is spent than there is",
        "commands/ledger.py",
        "now))\n    if available < points:",
        "now))\n    if available < points - 1:",
        f"{LEDGER}::test_nobody_spends_more_than_there_is",
    ),
    Plant(
        "a hold is captured after its time",
        "commands/holds.py",
        "    if hold.expires_at <= tx.now:\n",
        "    if hold.expires_at is None:\n",
        f"{HOLDS}::test_a_hold_ends_by_itself_when_its_time_is_up",
    ),
    Plant(
        "a captured part keeps the rest held",
        "commands/holds.py",
        "    journal.hold(-hold.points)\n    cause = ",
        "    journal.hold(-amount)\n    cause = ",
        f"{HOLDS}::test_a_captured_hold_spends_and_frees_the_rest",
    ),
    Plant(
        "a transfer makes points young again",
        "commands/transfers.py",
        "Into(one.expires_on, one.points,",
        "Into(taker.rule.expiry.expires_on(tx.now.date()), one.points,",
        "test_transfers.py::test_points_move_once_with_the_days_on_which_they_lapse",
    ),
    Plant(
        "who asks may also approve",
        "commands/adjusting.py",
        '    if actor == row["requested_by"]:\n        raise SamePerson\n',
        "",
        "test_adjusting.py::test_a_second_person_decides_above_the_limit",
    ),
    Plant(
        "a month's limit forgets the month",
        "commands/adjusting.py",
        "if int(before) + amount > most:",
        "if amount > most:",
        "test_adjusting.py::test_limits_count_what_waits_and_cannot_be_split",
    ),
    Plant(
        "a voucher works twice",
        "commands/vouchers.py",
        "VoucherState.ISSUED,\n            Voucher.expires_on > today,\n",
        "Voucher.state,\n            Voucher.expires_on > today,\n",
        f"{PURCHASES}::test_a_voucher_lowers_what_is_due_and_never_what_is_earned",
    ),
    Plant(
        "a voucher works after its last day",
        "commands/vouchers.py",
        "            Voucher.expires_on > today,\n",
        "",
        f"{PURCHASES}::test_a_voucher_is_good_through_its_last_day_in_paris",
    ),
    Plant(
        "a receipt number stands for two sales",
        "queries/sales.py",
        "        raise conflict(key)\n    return purchase_again",
        "        pass\n    return purchase_again",
        f"{PURCHASES}::test_the_same_number_with_other_content_is_refused",
    ),
    Plant(
        "more comes back than was sold",
        "commands/returns.py",
        "if not 0 < one.quantity_milli <= left:",
        "if not 0 < one.quantity_milli:",
        "test_returns.py::test_no_more_comes_back_than_was_bought",
    ),
    Plant(
        "an article comes back twice at once",
        "commands/returns.py",
        "    opened = _lock(tx, purchase)\n",
        "    opened = dict(NOBODY)\n",
        f"{RACES}::test_an_article_comes_back_once",
    ),
    Plant(
        "the last claim of a stock is given twice",
        "commands/reward_stock.py",
        "            where=uses <= most,\n",
        "",
        "test_spending_races.py::test_a_stock_of_three_goes_out_three_times",
    ),
    Plant(
        "a merge moves wallets of which something is held",
        "commands/merging.py",
        "    refuse_holds(opened)\n    for",
        "    for",
        "test_merging.py::test_who_cannot_be_merged_is_refused",
    ),
    Plant(
        "a cause may be posted twice",
        "admin/migrations/versions/0003_the_ledger.py",
        'sa.UniqueConstraint("member_id", "source", name=op.f("uq_postings_',
        'sa.UniqueConstraint("member_id", "source", "seq", name=op.f("uq_postings_',
        f"{SCHEMA}::test_the_migrated_schema_equals_the_models",
    ),
    Plant(
        "postings can be changed",
        "admin/migrations/versions/0003_the_ledger.py",
        '    make_append_only("postings")\n',
        "",
        f"{SCHEMA}::test_append_only_tables_are_guarded",
    ),
)
