"""What must be true of redemptions, rewards and gift cards."""

from __future__ import annotations

from loyalty.queries.verifying.rule import Rule

GIFT_CARDS = Rule(
    "gift-cards",
    "a gift card holds the sum of its entries, which count 1, 2, 3 ... and follow each other",
    """
    SELECT row, detail FROM (
        SELECT c.id AS row, 'holds ' || c.balance_minor || ' after ' || c.seq
               || ', entries say ' || COALESCE(e.total, 0) || ' after ' || COALESCE(e.count, 0)
               AS detail
        FROM gift_cards c
        LEFT JOIN (SELECT gift_card_id, SUM(amount_minor) AS total, COUNT(*) AS count,
                          MAX(seq) AS last
                   FROM gift_card_entries GROUP BY gift_card_id) e ON e.gift_card_id = c.id
        WHERE c.balance_minor <> COALESCE(e.total, 0) OR c.seq <> COALESCE(e.count, 0)
           OR c.seq <> COALESCE(e.last, 0)
        UNION ALL
        SELECT gift_card_id || '/' || seq AS row,
               'says ' || balance_minor || ', follows from ' || before || ' and ' || amount_minor
               AS detail
        FROM (SELECT gift_card_id, seq, amount_minor, balance_minor,
                     LAG(balance_minor, 1, 0) OVER (PARTITION BY gift_card_id ORDER BY seq)
                     AS before
              FROM gift_card_entries) t
        WHERE balance_minor <> before + amount_minor
    ) wrong ORDER BY row LIMIT 1
    """,
)

SPENDING_RULES = (GIFT_CARDS,)
