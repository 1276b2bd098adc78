"""Returns without a receipt: at the till's API, by its policy, once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from loyalty.commands import publish_programme
from loyalty.errors import SaleConflict
from loyalty.kernel.access.people import take_on_staff
from loyalty.kernel.access.principals import Role
from loyalty.presets import preset_document
from loyalty.queries import (
    find_sale,
    holder_by_member,
    last_sequence,
    loose_returns_by_staff,
    tier_progress,
    verify_books,
)
from loyalty.values import SCRATCH
from pos_adapter.commands import return_without_receipt
from pos_adapter.values import CardShown, EntryMode, LooseClaim, TillLine
from tests.pos_adapter.shop import PIN
from tests.pos_adapter.web import API, browser_till, problem


def publish(shop, **rule):
    """Publish the preset with this policy for returns without a receipt."""
    document = preset_document("three-tier-grocer")
    returns = document.get("returns", {}) | {"without_receipt": rule}
    with shop.database.begin(actor="test") as tx:
        publish_programme(tx, document=document | {"returns": returns}, proof=SCRATCH)


def bring(shop, *lines, card=None, **facts):
    """Bring (sku, thousandths) back."""
    claim = LooseClaim(
        key=facts.pop("key", None) or shop.key(),
        occurred_at=shop.now,
        currency="EUR",
        lines=tuple(
            TillLine(line_no=no, quantity_milli=milli, sku=sku)
            for no, (sku, milli) in enumerate(lines, 1)
        ),
        card=CardShown(card, EntryMode.QR) if card else None,
        **facts,
    )
    with shop.database.begin(actor="test") as tx:
        return return_without_receipt(tx, keys=shop.runtime.keys, claim=claim).receipt


def standing(shop, member):
    with shop.database.look() as tx:
        return holder_by_member(tx, member).balance, tier_progress(tx, member)


def proven(shop):
    with shop.database.look() as tx:
        return verify_books(tx) == ()


def test_buying_and_bringing_it_back_without_the_receipt_ends_where_it_began(shop):
    before = standing(shop, shop.ada)
    shop.settle(shop.sale(shop.basket(("cellar", 1000), card=shop.ada_card)))
    assert standing(shop, shop.ada)[1].level == "base"
    shop.settle(shop.sale(shop.basket(("coffee", 4000), card=shop.ada_card)))
    assert standing(shop, shop.ada)[1].level == "gold"

    first = bring(shop, ("cellar", 1000), card=shop.ada_card)
    last = bring(shop, ("coffee", 4000), card=shop.ada_card)

    assert (first.refund_minor, first.points) == (299_000, -2990)
    assert (last.refund_minor, last.points) == (1996, -19)
    assert len(first.cancelled_vouchers) == 30
    assert standing(shop, shop.ada) == before
    assert proven(shop)


def test_no_more_is_taken_than_is_there_and_the_rest_is_told(shop):
    shop.settle(shop.sale(shop.basket(("coffee", 1000), card=shop.ada_card)))

    receipt = bring(shop, ("cellar", 1000), card=shop.ada_card)

    assert (receipt.points, receipt.forgiven) == (-4, {"points": 2986})
    assert standing(shop, shop.ada)[0] == 0
    assert standing(shop, shop.ada)[1].spend_minor == 0
    assert proven(shop)


def test_a_number_counts_once_among_sales_and_returns_of_both_kinds(shop):
    key = shop.key()
    first = bring(shop, ("coffee", 1000), key=key)

    assert bring(shop, ("coffee", 1000), key=key) == replace(first, replayed=True)
    with pytest.raises(SaleConflict):
        bring(shop, ("coffee", 2000), key=key)
    with pytest.raises(SaleConflict):
        shop.settle(shop.sale(shop.basket(("coffee", 1000)), key=key))
    sold = shop.settle(shop.sale(shop.basket(("coffee", 1000))))
    with pytest.raises(SaleConflict):
        bring(shop, ("coffee", 1000), key=sold.key)
    with shop.database.look() as tx:
        assert find_sale(tx, key, keys=shop.runtime.keys) is None
        last = last_sequence(tx, store_id="lyon-1", till="t1", business_on=shop.today)
    assert last == sold.key.sequence


def test_the_till_asks_for_a_manager_and_takes_her_word(shop):
    publish(shop, policy="manager")
    with shop.database.begin(actor="test") as tx:
        mia = take_on_staff(
            tx, name="Mia", role=Role.STORE_MANAGER, pin="246802", store_id="lyon-1"
        )
    client, token = browser_till(shop)
    body = shop.wire(("coffee", 1), card=shop.ada_card) | {
        "sequence": 900,
        "occurred_at": shop.now.isoformat(),
    }
    body.pop("vouchers", None)

    def send(**more):
        return client.post(
            f"{API}/returns-without-receipt", json=body | more, headers={"X-CSRF-Token": token}
        )

    assert problem(send()) == (409, "manager-needed")
    wrong = send(approval={"staff_id": mia.staff_id, "pin": "000000"})
    cashier = send(approval={"staff_id": shop.cleo, "pin": PIN})
    agreed = send(approval={"staff_id": mia.staff_id, "pin": "246802"})
    again = send()

    assert problem(wrong)[1] == problem(cashier)[1] == "wrong-credentials"
    assert (agreed.status_code, again.status_code) == (201, 200)
    assert agreed.json["refund_minor"] == 499
    assert agreed.json["purchase_id"] is None
    with shop.database.look() as tx:
        [row] = loose_returns_by_staff(tx, shop.now)
    assert (row.staff_id, row.returns, row.value_minor, row.alone) == (shop.cleo, 1, 499, 0)


def test_a_till_that_signs_vouches_for_whom_it_names(shop):
    publish(shop, manager_above="4.00")
    facts = {"sequence": 901, "occurred_at": shop.now.isoformat(), "approved_by": "Mia"}
    body = shop.wire(("coffee", 1)) | facts

    answer = shop.signed("POST", f"{API}/returns-without-receipt", body)

    assert answer.status_code == 201, answer.json
    assert problem(
        shop.signed(
            "POST",
            f"{API}/returns-without-receipt",
            {key: value for key, value in body.items() if key != "approved_by"} | {"sequence": 902},
        )
    ) == (409, "manager-needed")


def test_the_page_says_the_policy_and_who_may_agree(shop):
    publish(shop, policy="refused")
    client, _ = browser_till(shop)

    page = client.get("/till/returns/without-receipt").get_data(as_text=True)

    assert "Ici, rien n’est repris sans ticket." in page
    assert "/till/returns/without-receipt" in client.get("/till/returns").get_data(as_text=True)
