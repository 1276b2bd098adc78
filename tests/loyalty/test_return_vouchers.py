"""What a return does to vouchers, and that no sequence of returns matters."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loyalty.commands import (
    save_store,
)
from loyalty.queries import (
    verify_books,
    vouchers_of,
)
from loyalty.values import (
    OfferShare,
    PointsEffect,
    StoreId,
    VoucherState,
)
from tests.loyalty.world import KEYS, enrol, give_back, line, ring


def test_vouchers_that_are_no_longer_earned_are_cancelled_newest_first(shop, ada, clock):
    with shop.begin(actor="till:t1") as tx:
        first = ring(tx, ada, line(1, price=15_000))
    clock.move(by=timedelta(minutes=5))
    with shop.begin(actor="till:t1") as tx:
        second = ring(tx, ada, line(1, price=15_000), line(2, price=100))
        assert [len(one.vouchers) for one in (first, second)] == [1, 2]

        back = give_back(tx, second, (1, 1000))
        states = {one.voucher_id: one.state for one in vouchers_of(tx, ada, keys=KEYS)}
        assert set(back.cancelled_vouchers) == {one.voucher_id for one in second.vouchers}
        assert states[first.vouchers[0].voucher_id] is VoucherState.ISSUED
        assert verify_books(tx) == ()


def test_a_used_voucher_is_a_debt_that_later_spend_pays(shop, ada):
    with shop.begin(actor="till:t1") as tx:
        bought = ring(tx, ada, line(1, price=10_000))
        used = ring(tx, ada, line(1, price=200), vouchers=(bought.vouchers[0].voucher_id,))
        assert used.due_minor == 100

        assert give_back(tx, bought, (1, 1000)).cancelled_vouchers == ()
        assert ring(tx, ada, line(1, price=9_900)).vouchers == (), "one voucher is owed"
        assert len(ring(tx, ada, line(1, price=10_000)).vouchers) == 1
        assert verify_books(tx) == ()


def test_money_comes_back_first_and_the_voucher_with_the_rest(shop, ada):
    with shop.begin(actor="till:t1") as tx:
        voucher = ring(tx, ada, line(1, price=10_000)).vouchers[0].voucher_id
        bought = ring(tx, ada, line(1, price=600), line(2, price=400), vouchers=(voucher,))
        assert bought.due_minor == 900

        first = give_back(tx, bought, (1, 1000))
        second = give_back(tx, bought, (2, 1000))
        assert [(one.refund_minor, one.restored_vouchers) for one in (first, second)] == [
            (600, ()),
            (300, (voucher,)),
        ]
        again = ring(tx, ada, line(1, price=100), vouchers=(voucher,))
        assert again.due_minor == 0
        assert verify_books(tx) == ()


units = st.integers(1, 3)


@st.composite
def stories(draw):
    """A basket, and the order in which its units come back."""
    counts = draw(st.lists(units, min_size=1, max_size=3))
    lines = []
    for number, units_ in enumerate(counts, start=1):
        price = draw(st.integers(50, 9000))
        cuts = tuple(draw(st.integers(0, price)) for _ in range(units_))
        shares = (OfferShare("off_1", sum(cuts), cuts),) if any(cuts) else ()
        lines.append(line(number, price=price, quantity_milli=units_ * 1000, shares=shares))
    pieces = [
        (number, 1000) for number, units_ in enumerate(counts, start=1) for _ in range(units_)
    ]
    return lines, draw(st.permutations(pieces)), draw(st.integers(0, 30))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=stories())
def test_any_sequence_of_returns_ends_where_one_return_would(shop, story):
    """Through the real commands: two members buy the same and give it back in their own way."""
    lines, pieces, bonus = story
    effects = (PointsEffect("off_2", bonus, (1,)),) if bonus else ()
    whole = [(one.line_no, one.quantity_milli) for one in lines]
    with shop.begin(actor="till:t1") as tx:
        save_store(tx, store_id=StoreId("lyon-1"), name="Lyon Bellecour", city="Lyon")
        ends = []
        for returns in ([whole], [[piece] for piece in pieces]):
            member_id = enrol(tx, "Eve").member_id
            bought = ring(tx, member_id, *lines, effects=effects)
            backs = [give_back(tx, bought, *some) for some in returns]
            ends.append(
                (
                    sum(one.refund_minor for one in backs),
                    sum(one.points for one in backs),
                    sum(one.spend_minor for one in backs),
                    backs[-1].balance,
                    backs[-1].tier,
                    sorted({offer for one in backs for offer in one.offers_given_back}),
                    len([one for back in backs for one in back.cancelled_vouchers]),
                )
            )
            assert backs[-1].balance == 0
            assert sum(one.refund_minor for one in backs) == bought.total_minor
        assert ends[0] == ends[1]
        assert verify_books(tx) == ()
