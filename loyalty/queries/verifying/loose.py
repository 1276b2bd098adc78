"""What must be true of returns without a receipt."""

from __future__ import annotations

from loyalty.queries.verifying.rule import Rule

LOOSE_RETURNS = Rule(
    "loose-returns",
    "a return without a receipt gave back the sum of its lines and posted what it took, once",
    """
    SELECT r.id AS row,
           'gave back ' || r.value_minor || ' and took ' || r.points_taken || ', lines say '
           || COALESCE(l.paid, 0) || ', posted ' || COALESCE(-g.points, 0) AS detail
    FROM loose_returns r
    LEFT JOIN (SELECT return_id, SUM(paid_minor) AS paid FROM loose_lines GROUP BY return_id) l
           ON l.return_id = r.id
    LEFT JOIN postings g ON g.member_id = r.member_id AND g.source = 'return:' || r.id
    WHERE r.value_minor <> COALESCE(l.paid, 0) OR r.points_taken <> COALESCE(-g.points, 0)
    ORDER BY r.id LIMIT 1
    """,
)

LOOSE_RULES = (LOOSE_RETURNS,)
