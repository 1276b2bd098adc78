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

REDEMPTIONS = Rule(
    "redemptions",
    "a redemption took its points once, holds them, or gave all of them back",
    """
    SELECT r.member_id || '/' || r.id AS row,
           r.state || ' at ' || r.points || ', posted ' || COALESCE(-p.points, 0) || ', held '
           || COALESCE(h.points, 0) || ', given back ' || COALESCE(b.points, 0) AS detail
    FROM redemptions r
    LEFT JOIN postings p ON p.member_id = r.member_id AND p.unit = r.wallet
                        AND p.seq = r.posting_seq
    LEFT JOIN holds h ON h.member_id = r.member_id AND h.id = r.hold_id
    LEFT JOIN (SELECT member_id, unit, reverses_seq, SUM(points) AS points FROM postings
               WHERE reverses_seq IS NOT NULL GROUP BY member_id, unit, reverses_seq) b
           ON b.member_id = r.member_id AND b.unit = r.wallet AND b.reverses_seq = r.posting_seq
    WHERE CASE WHEN r.state IN ('done', 'given_back') THEN r.points ELSE 0 END
          <> COALESCE(-p.points, 0)
       OR r.state IN ('held', 'released') AND r.points <> COALESCE(h.points, 0)
    ORDER BY r.member_id, r.id LIMIT 1
    """,
)

REWARD_STOCK = Rule(
    "reward-stock",
    "what was taken of a reward's stock are its claims that stand",
    """
    SELECT c.reward_id AS row,
           'counts ' || c.uses || ', claims say ' || COALESCE(r.claims, 0) AS detail
    FROM reward_counters c
    LEFT JOIN (SELECT reward_id, SUM(claims) AS claims FROM redemptions
               WHERE kind = 'reward' AND state IN ('held', 'done') GROUP BY reward_id) r
           ON r.reward_id = c.reward_id
    WHERE c.scope = 'stock' AND c.uses > COALESCE(r.claims, 0)
    ORDER BY c.reward_id LIMIT 1
    """,
)

SPENDING_RULES = (GIFT_CARDS, REDEMPTIONS, REWARD_STOCK)
