"""What a till's basket will be asked about, in one round trip where that saves any."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from loyalty.errors import CardMistyped, CardNotReadable
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.queries.cards import holder_question
from loyalty.queries.catalogue import articles_question
from loyalty.queries.sales import sale_question
from loyalty.values import SaleKey


def ask_ahead(
    tx: Tx,
    *,
    keys: Keys,
    card: str | None,
    skus: Sequence[str],
    eans: Sequence[str],
    key: SaleKey | None = None,
) -> None:
    """Ask for the articles, the holder of a card and the sale with a key, all at once.

    ``articles_by_codes``, ``card_holder`` and ``find_sale`` then find their answers there.
    """
    if tx.dialect != "postgresql":
        return
    questions = [] if key is None else [sale_question(key)]
    if card is not None:
        with suppress(CardNotReadable, CardMistyped):  # who asks for the card says so
            questions.append(holder_question(tx, card, keys=keys))
    questions.append(articles_question(skus, eans))
    tx.ask_ahead(*questions)
