from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from loyalty.commands import enrol_member, publish_preset, save_articles, save_category, save_store
from loyalty.kernel.access.terminals import enrol_terminal, invite_terminal, terminal_key
from loyalty.kernel.clock import system_clock
from loyalty.queries import purchases_of
from loyalty.values import ArticleFacts, Channel, Identity, Sku, SoldBy, StoreId

SCRIPT = Path(__file__).parents[2] / "docs/how-to/till_client.py"


def article(sku, price_minor):
    return ArticleFacts(
        sku=Sku(sku),
        ean=None,
        name=sku,
        category="cafe-the",
        brand="",
        labels=(),
        price_minor=price_minor,
        tax_bp=550,
        sold_by=SoldBy.UNIT,
    )


def test_the_client_of_the_guide_runs_as_it_is_written(live):
    live.clock.move(to=system_clock())  # the script signs by the real clock
    with live.database.begin(actor="test") as tx:
        publish_preset(tx)
        save_store(tx, store_id=StoreId("lyon"), name="Lyon", city="Lyon")
        save_category(tx, category_id="cafe-the", name_fr="Café", name_en="Coffee")
        save_articles(
            tx,
            articles=[
                article("cafe-grains-colombie-1-kg", 1590),
                article("baguette-tradition", 125),
            ],
        )
        ada = enrol_member(
            tx,
            keys=live.keys,
            identity=Identity(given_name="Ada", email="ada@example.org"),
            channel=Channel.STORE,
            language="fr",
        )
        invited = invite_terminal(tx, store_id="lyon", till="t1")
        enrol_terminal(tx, code=invited.code)
        key = terminal_key(tx, live.keys, terminal_id=invited.terminal_id)
    done = subprocess.run(
        [sys.executable, str(SCRIPT), ada.code],
        env={
            **os.environ,
            "PALIER_URL": live.url,
            "PALIER_KEY_ID": key.key_id,
            "PALIER_SECRET": key.secret,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "quote: 3305 cents, 33 points" in done.stdout
    assert "balance 33; again: True" in done.stdout
    assert "returned: 1590 cents back, -16 points" in done.stdout
    with live.database.look() as tx:
        assert len(purchases_of(tx, ada.member_id).items) == 1
