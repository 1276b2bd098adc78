"""What a purchase does not need of a voucher is lost, or kept on a new one."""

from __future__ import annotations

import pytest

from loyalty.commands import publish_programme, save_store, use_voucher
from loyalty.errors import VoucherNotUsable
from loyalty.queries import verify_books, voucher_book, vouchers_of
from loyalty.values import StoreId
from tests.loyalty.world import KEYS, enrol, give_back, line, ring


def document(leftover):
    """A programme with a voucher of 10.00 for each 100.00."""
    return {
        "name": "rests",
        "currency": "EUR",
        "zone": "Europe/Paris",
        "wallets": {"points": {}},
        "earn": [],
        "vouchers": {"per_spend": "100.00", "value": "10.00", "leftover": leftover},
    }


@pytest.fixture
def shopper(database):
    """Return what opens a shop with a member who has a voucher of 10.00."""

    def open_shop(leftover="lost"):
        with database.begin(actor="test") as tx:
            publish_programme(tx, document=document(leftover))
            save_store(tx, store_id=StoreId("lyon-1"), name="Lyon", city="Lyon")
            ada = enrol(tx, "Ada").member_id
            voucher = ring(tx, ada, line(1, price=10_000)).vouchers[0]
        return ada, voucher.voucher_id

    return open_shop


@pytest.mark.parametrize(("leftover", "left"), [("lost", 0), ("kept", 700)])
def test_the_rest_is_lost_or_kept_and_goes_back_with_the_purchase(
    database, shopper, leftover, left
):
    ada, voucher = shopper(leftover)
    with database.begin(actor="test") as tx:
        bought = ring(tx, ada, line(1, price=300), vouchers=(voucher,))
        assert (bought.voucher_minor, bought.due_minor) == (300, 0)
        assert voucher_book(tx, ada).worth_minor == left
        assert verify_books(tx) == ()
        give_back(tx, bought, (1, 1000))
        assert [one.value_minor for one in vouchers_of(tx, ada, keys=KEYS, usable_only=True)] == [
            1000
        ]
        assert verify_books(tx) == ()


def test_a_voucher_is_used_outside_a_sale_once(database, shopper):
    ada, voucher = shopper()
    with database.begin(actor="test") as tx:
        first = use_voucher(tx, member_id=ada, voucher_id=voucher, source="u1")
        again = use_voucher(tx, member_id=ada, voucher_id=voucher, source="u1")
        assert (first.value_minor, again.replayed) == (1000, True)
        with pytest.raises(VoucherNotUsable):
            use_voucher(tx, member_id=ada, voucher_id=voucher, source="u2")
        assert verify_books(tx) == ()
