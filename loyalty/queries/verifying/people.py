"""What must be true of adjustments, transfers, pools and merges."""

from __future__ import annotations

from loyalty.queries.verifying.rule import Rule

ADJUSTMENTS = Rule(
    "adjustments",
    "an adjustment is posted once, and by nobody alone above the limit; none is without its row",
    """
    SELECT row, detail FROM (
        SELECT a.member_id || '/' || a.id AS row,
               a.state || ' of ' || a.points || ', posted ' || COALESCE(p.points, 0) AS detail
        FROM adjustments a
        LEFT JOIN postings p ON p.member_id = a.member_id AND p.unit = a.wallet
                            AND p.seq = a.posting_seq
        WHERE CASE WHEN a.state = 'posted' THEN a.points ELSE 0 END <> COALESCE(p.points, 0)
           OR p.source IS NOT NULL AND p.source <> 'adjust:' || a.id
           OR a.needs_second AND a.state <> 'proposed' AND a.decided_by IS NULL
           OR a.decided_by = a.requested_by
        UNION ALL
        SELECT p.member_id || '/' || p.unit || '/' || p.seq AS row, 'nobody asked for it' AS detail
        FROM postings p
        LEFT JOIN adjustments a ON a.member_id = p.member_id AND a.wallet = p.unit
                               AND a.posting_seq = p.seq
        WHERE p.kind = 'adjustment' AND a.id IS NULL
    ) wrong ORDER BY row LIMIT 1
    """,
)

TRANSFERS = Rule(
    "transfers",
    "what leaves one member reaches the other: two postings of a transfer cancel each other out",
    """
    SELECT row, detail FROM (
        SELECT t.member_id || '/' || t.id AS row,
               'moves ' || t.points || ', took ' || COALESCE(-g.points, 0) || ', gave '
               || COALESCE(i.points, 0) AS detail
        FROM transfers t
        LEFT JOIN postings g ON g.member_id = t.member_id AND g.unit = t.unit
                            AND g.seq = t.seq_out AND g.source = 'transfer:' || t.id
        LEFT JOIN postings i ON i.member_id = t.to_member_id AND i.unit = t.unit
                            AND i.seq = t.seq_in AND i.source = 'transfer:' || t.id
        WHERE t.points <> COALESCE(-g.points, 0) OR t.points <> COALESCE(i.points, 0)
        UNION ALL
        SELECT 'all of ' || unit AS row, 'transfers come to ' || SUM(points) AS detail
        FROM postings WHERE contra IN ('transferred', 'pooled', 'merged')
        GROUP BY unit HAVING SUM(points) <> 0
    ) wrong ORDER BY row LIMIT 1
    """,
)

ADJUSTED_DAYS = Rule(
    "adjusted-days",
    "what somebody adjusted on a day is the sum of the adjustments that she asked for",
    """
    SELECT actor || '/' || adjusted_on AS row,
           'counts ' || SUM(used) || ', adjustments say ' || SUM(asked) AS detail
    FROM (
        SELECT actor, adjusted_on, used, 0 AS asked FROM adjustment_days
        UNION ALL
        SELECT requested_by, requested_on, 0, ABS(points) FROM adjustments
    ) told
    GROUP BY actor, adjusted_on
    HAVING SUM(used) <> SUM(asked)
    ORDER BY actor, adjusted_on LIMIT 1
    """,
)

PEOPLE_RULES = (ADJUSTMENTS, TRANSFERS, ADJUSTED_DAYS)
