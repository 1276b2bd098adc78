"""Short ways to ask the shop and to look into its books."""

from sqlalchemy import func, select

from loyalty.models import Posting, Purchase
from loyalty.queries import (
    holder_by_member,
    vouchers_of,
)
from pos_adapter.queries import identify, quote
from pos_adapter.values import CardShown, EntryMode


def ask(shop, basket, language="en"):
    with shop.database.look() as tx:
        return quote(tx, keys=shop.runtime.keys, claim=basket, language=language)


def who(shop, code, entry=EntryMode.QR):
    with shop.database.look() as tx:
        return identify(tx, keys=shop.runtime.keys, shown=CardShown(code, entry), language="en")


def postings(shop, member_id=None):
    with shop.database.look() as tx:
        statement = select(func.count()).select_from(Posting)
        if member_id:
            statement = statement.where(Posting.member_id == member_id)
        return tx.run(statement).scalar()


def purchases(shop):
    with shop.database.look() as tx:
        return tx.run(select(func.count()).select_from(Purchase)).scalar()


def balance(shop, member_id):
    with shop.database.look() as tx:
        return holder_by_member(tx, member_id).balance


def voucher_for(shop, member_id, card):
    """Let a member buy enough for a voucher; return its code."""
    shop.settle(shop.sale(shop.basket(("cellar", 1000), card=card)))
    with shop.database.look() as tx:
        return vouchers_of(tx, member_id, keys=shop.runtime.keys)[0].code
