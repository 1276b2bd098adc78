"""What must be true of points that wait."""

from __future__ import annotations

from loyalty.queries.verifying.rule import Rule

ARRIVALS = Rule(
    "arrivals",
    "what leaves a waiting wallet by itself arrives in the wallet it waited for, at once",
    """
    SELECT p.member_id || '/' || p.unit || '/' || p.seq AS row,
           'moves ' || p.points || ', the other side moves ' || COALESCE(o.points, 0) AS detail
    FROM postings p
    LEFT JOIN postings o
           ON o.member_id = p.member_id AND o.contra = 'pending' AND o.unit <> p.unit
          AND o.source = CASE WHEN p.points < 0
                              THEN REPLACE(p.source, '\\:out', '\\:in')
                              ELSE REPLACE(p.source, '\\:in', '\\:out') END
    WHERE p.contra = 'pending' AND p.points + COALESCE(o.points, 0) <> 0
    ORDER BY p.member_id, p.unit, p.seq LIMIT 1
    """,
)
WAITING_DEBTS = Rule(
    "waiting-debts",
    "what waits is never a debt, never held, and never spent",
    """
    SELECT member_id || '/' || unit AS row,
           'waits ' || balance || ', keeps ' || held || ', spent ' || lifetime_spent AS detail
    FROM wallets
    WHERE unit LIKE '%~pending' AND (balance < 0 OR held <> 0 OR lifetime_spent <> 0)
    ORDER BY member_id, unit LIMIT 1
    """,
)
WAITING_RULES = (ARRIVALS, WAITING_DEBTS)
