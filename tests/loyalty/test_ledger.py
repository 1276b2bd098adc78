"""Points: earned, spent, lapsed, undone; each cause once, each refusal without a trace."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError

from loyalty.commands import (
    earn_points,
    expire_lots,
    publish_programme,
    reverse_posting,
    spend_points,
)
from loyalty.errors import (
    NotEnoughPoints,
    ReversalTooLarge,
    SourceReused,
    UnknownMember,
    UnknownPosting,
)
from loyalty.presets import preset_document
from loyalty.queries import balance, lapsing_members, statement, verify_books
from loyalty.values import Fired, MemberId
from loyalty.words import PostingKind


def moves(tx, member_id):
    return [line.points for line in statement(tx, member_id, language="en").items][::-1]


def earn(tx, member_id, points, source, **facts):
    return earn_points(tx, member_id=member_id, points=points, source=source, **facts)


def spend(tx, member_id, points, source):
    return spend_points(tx, member_id=member_id, points=points, source=source)


def test_what_is_earned_can_be_spent(shop, ada):
    with shop.begin(actor="test") as tx:
        assert earn(tx, ada, 120, "gift:1").balance == 120
        receipt = spend(tx, ada, 20, "reward:7")

        assert (receipt.seq, receipt.points, receipt.balance) == (2, -20, 100)
        assert moves(tx, ada) == [120, -20]
        assert verify_books(tx) == ()


def test_a_retry_returns_the_first_receipt_and_moves_nothing(shop, ada):
    with shop.begin(actor="test") as tx:
        first = earn(tx, ada, 120, "till-3:1")
        taken = spend(tx, ada, 20, "reward:7")
    with shop.begin(actor="test") as tx:
        assert earn(tx, ada, 120, "till-3:1") == replace(first, replayed=True)
        assert spend(tx, ada, 20, "reward:7") == replace(taken, replayed=True)
        assert moves(tx, ada) == [120, -20]


def test_a_source_stands_for_one_request(shop, ada, ben):
    with shop.begin(actor="test") as tx:
        earn(tx, ada, 120, "s")
        with pytest.raises(SourceReused):
            earn(tx, ada, 121, "s")
        with pytest.raises(SourceReused):
            spend(tx, ada, 120, "s")
        assert earn(tx, ben, 5, "s").balance == 5, "another member's sources are her own"
        assert moves(tx, ada) == [120]


def test_nobody_spends_more_than_there_is(shop, ada):
    with shop.begin(actor="test") as tx:
        earn(tx, ada, 50, "a")
        with pytest.raises(NotEnoughPoints) as refused:
            spend(tx, ada, 51, "b")

        assert (refused.value.available, refused.value.required) == (50, 51)
        assert moves(tx, ada) == [50]


def test_only_whole_positive_numbers_of_points_move(shop, ada):
    with shop.begin(actor="test") as tx:
        for points in (0, -1, True, 1.0, "5", 10**16):
            with pytest.raises((TypeError, ValueError)):
                earn(tx, ada, points, "x")


def test_nobody_earns_for_nobody(shop):
    with shop.begin(actor="test") as tx:
        for verb in (earn, spend):
            with pytest.raises(UnknownMember):
                verb(tx, MemberId("mbr_nobody"), 1, "x")


def test_points_lapse_on_the_first_of_the_month_after_their_year(shop, ada, clock):
    """Earned on 10 March 2026: usable through 31 March 2027, Paris time."""
    with shop.begin(actor="test") as tx:
        earn(tx, ada, 100, "a")
    clock.move(to=datetime(2027, 3, 31, 21, 59, tzinfo=UTC))
    with shop.begin(actor="test") as tx:
        assert balance(tx, ada).available == 100
        assert expire_lots(tx) == 0
        near = lapsing_members(tx, on_or_before=date(2027, 4, 1)).items
        assert [(one.member_id, one.points, one.expires_on) for one in near] == [
            (ada, 100, date(2027, 4, 1))
        ]
    clock.move(to=datetime(2027, 3, 31, 22, 0, tzinfo=UTC))
    with shop.begin(actor="test") as tx:
        assert balance(tx, ada).available == 0, "gone at midnight, job or no job"
        with pytest.raises(NotEnoughPoints):
            spend(tx, ada, 1, "b")
        assert expire_lots(tx) == 1
        assert expire_lots(tx) == 0
        assert statement(tx, ada, language="en").items[0].kind is PostingKind.EXPIRY
        assert verify_books(tx) == ()


def test_spending_posts_what_has_lapsed_before(shop, ada, clock):
    with shop.begin(actor="test") as tx:
        earn(tx, ada, 100, "a")
    clock.move(by=timedelta(days=300))
    with shop.begin(actor="test") as tx:
        earn(tx, ada, 40, "b")
    clock.move(by=timedelta(days=120))
    with shop.begin(actor="test") as tx:
        assert spend(tx, ada, 30, "c").balance == 10
        assert moves(tx, ada) == [100, 40, -100, -30]
        assert verify_books(tx) == ()


def test_late_points_fall_in_the_lot_of_their_day(shop, ada, clock):
    with shop.begin(actor="test") as tx:
        earn(tx, ada, 10, "late", occurred_at=clock() - timedelta(days=390))
        earn(tx, ada, 20, "now")

        assert (balance(tx, ada).balance, balance(tx, ada).available) == (30, 20)
        assert expire_lots(tx) == 1
        assert balance(tx, ada).balance == 20


def test_a_spending_undone_in_pieces_gives_everything_back_to_its_lots(shop, ada, clock):
    with shop.begin(actor="test") as tx:
        earn(tx, ada, 30, "a")
    clock.move(by=timedelta(days=60))
    with shop.begin(actor="test") as tx:
        earn(tx, ada, 30, "b")
        seq = spend(tx, ada, 50, "c").seq
        lots = "SELECT expires_on, granted - consumed FROM lots ORDER BY expires_on"
        assert [left for _, left in tx.run(text(lots))] == [0, 10]

        for number, points in enumerate((5, 20, 25)):
            reverse_posting(tx, member_id=ada, seq=seq, points=points, source=f"undo:{number}")

        assert [left for _, left in tx.run(text(lots))] == [30, 30]
        assert balance(tx, ada).balance == 60
        with pytest.raises(ReversalTooLarge):
            reverse_posting(tx, member_id=ada, seq=seq, points=1, source="undo:more")
        assert verify_books(tx) == ()


def test_points_given_back_into_a_lapsed_lot_lapse_again(shop, ada, clock):
    with shop.begin(actor="test") as tx:
        earn(tx, ada, 30, "a")
        seq = spend(tx, ada, 30, "b").seq
    clock.move(by=timedelta(days=420))
    with shop.begin(actor="test") as tx:
        reverse_posting(tx, member_id=ada, seq=seq, points=10, source="undo:1")
        reverse_posting(tx, member_id=ada, seq=seq, points=20, source="undo:2")
        assert expire_lots(tx) == 0
        assert moves(tx, ada) == [30, -30, 10, -10, 20, -20]
        assert balance(tx, ada).balance == 0
        assert verify_books(tx) == ()


def test_an_earning_can_be_undone_once(shop, ada):
    with shop.begin(actor="test") as tx:
        seq = earn(tx, ada, 30, "a").seq
        undone = reverse_posting(tx, member_id=ada, seq=seq, source="undo")

        assert (undone.points, undone.balance) == (-30, 0)
        again = reverse_posting(tx, member_id=ada, seq=seq, source="undo")
        assert again == replace(undone, replayed=True)
        with pytest.raises(ReversalTooLarge):
            reverse_posting(tx, member_id=ada, seq=seq, source="undo:2")
        with pytest.raises(UnknownPosting):
            reverse_posting(tx, member_id=ada, seq=undone.seq, source="undo:3")
        with pytest.raises(UnknownPosting):
            reverse_posting(tx, member_id=ada, seq=99, source="undo:4")


def test_a_debt_is_paid_by_what_is_earned_next(shop, ada):
    """Points that were spent and then taken back leave a debt, down to the wallet's floor."""
    with shop.begin(actor="test") as tx:
        seq = earn(tx, ada, 30, "a").seq
        spend(tx, ada, 25, "b")
        assert reverse_posting(tx, member_id=ada, seq=seq, source="undo").balance == -25
        assert balance(tx, ada).available == 0
        assert verify_books(tx) == ()

        assert earn(tx, ada, 10, "c").balance == -15
        assert earn(tx, ada, 40, "d").balance == 25
        assert balance(tx, ada).available == 25
        assert verify_books(tx) == ()


def test_a_wallet_with_a_floor_is_not_taken_below_it(shop, ada):
    document = preset_document("three-tier-grocer")
    document["wallets"] = {"points": {"floor": -10}}
    document["returns"] = {"short_balance": "clamp"}
    with shop.begin(actor="test") as tx:
        publish_programme(tx, document=document)
        tx.run(text("UPDATE wallets SET floor = -10"))
        seq = earn(tx, ada, 30, "a").seq
        spend(tx, ada, 30, "b")

        with pytest.raises(NotEnoughPoints) as refused:
            reverse_posting(tx, member_id=ada, seq=seq, points=11, source="undo")
        assert refused.value.available == 10
        assert reverse_posting(tx, member_id=ada, seq=seq, points=10, source="undo").balance == -10
    with pytest.raises(IntegrityError), shop.begin(actor="test") as tx:
        tx.run(text("UPDATE wallets SET balance = -11"))


def test_a_statement_tells_why_in_the_members_language(shop, ada):
    fired = (Fired("base", 27, 2760, (1, 2)), Fired("off_1", 3, 360, (1,), "Pain du vendredi"))
    with shop.begin(actor="test") as tx:
        earn(tx, ada, 30, "a", reasons=fired)
        french = statement(tx, ada, language="fr").items[0]
        english = statement(tx, ada, language="en").items[0]

    assert english.title == "Purchase"
    assert english.reasons == (
        "27 points on €27.60: 1 point for every €1.00.",
        "3 points with the offer Pain du vendredi.",
        "To be used before 1 April 2027.",
    )
    assert french.title == "Achat"
    assert french.reasons[0] == "27 points sur 27,60\u00a0€ : 1 point par tranche de 1,00\u00a0€."


def test_every_kind_of_movement_has_its_title_and_reason(shop, ada, clock):
    rules = [
        {"id": "each", "points": 2, "per": "unit"},
        {"id": "visit", "points": 5, "per": "order"},
    ]
    with shop.begin(actor="test") as tx:
        publish_programme(tx, document=preset_document("three-tier-grocer") | {"earn": rules})
        fired = (Fired("each", 4, 500, (1,)), Fired("visit", 5, 500, (1,)), Fired("off_9", 1, 0))
        seq = earn(tx, ada, 10, "a", reasons=fired).seq
        spend(tx, ada, 2, "b")
        reverse_posting(tx, member_id=ada, seq=seq, points=3, source="undo")
        earn(tx, ada, 1, "old", occurred_at=clock() - timedelta(days=500))
        expire_lots(tx)
        told = [(one.title, *one.reasons) for one in statement(tx, ada, language="en").items]

    assert told[::-1] == [
        (
            "Purchase",
            "4 points: 2 points for each article.",
            "5 points for this purchase.",
            "1 point with the offer off_9.",
            "To be used before 1 April 2027.",
        ),
        ("Points used",),
        ("Undone", "Movement 1 was undone."),
        ("Purchase", "To be used before 1 November 2025."),
        ("Points lapsed", "Not used within their time."),
    ]


def test_a_statement_is_paged_and_stays_where_it_was(shop, ada):
    with shop.begin(actor="test") as tx:
        for number in range(1, 8):
            earn(tx, ada, number, f"s:{number}")
        first = statement(tx, ada, language="en", limit=3)
        earn(tx, ada, 100, "s:new")
        second = statement(tx, ada, language="en", limit=3, before=int(first.after or 0))
        last = statement(tx, ada, language="en", limit=3, before=int(second.after or 0))

    pages = [[line.points for line in page.items] for page in (first, second, last)]
    assert pages == [[7, 6, 5], [4, 3, 2], [1]]
    assert last.after is None


def test_what_was_posted_cannot_be_changed_or_deleted(shop, ada):
    with shop.begin(actor="test") as tx:
        earn(tx, ada, 30, "a")
        spend(tx, ada, 10, "b")
    for table in ("postings", "takes"):
        for change in (f"UPDATE {table} SET seq = 9", f"DELETE FROM {table}"):
            with pytest.raises(DatabaseError), shop.begin(actor="test") as tx:
                tx.run(text(change))
