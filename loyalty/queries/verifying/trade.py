"""What must be true of purchases, returns, tier credit and vouchers."""

from __future__ import annotations

from loyalty.queries.verifying.rule import Rule

TOTALS = Rule(
    "purchase-totals",
    "a purchase comes to the sum of its lines, and its lines to price less offers",
    """
    SELECT row, detail FROM (
        SELECT p.id AS row, 'total ' || p.total_minor || ' less ' || p.discount_minor
               || ', lines say ' || COALESCE(l.paid, 0) || ' less ' || COALESCE(l.off, 0) AS detail
        FROM purchases p
        LEFT JOIN (SELECT purchase_id, SUM(paid_minor + fee_minor) AS paid,
                          SUM(gross_minor - paid_minor) AS off
                   FROM purchase_lines GROUP BY purchase_id) l ON l.purchase_id = p.id
        WHERE p.total_minor <> COALESCE(l.paid, 0) OR p.discount_minor <> COALESCE(l.off, 0)
        UNION ALL
        SELECT l.purchase_id || '/' || l.line_no AS row,
               'off ' || (l.gross_minor - l.paid_minor) || ', shares ' || COALESCE(s.off, 0)
               AS detail
        FROM purchase_lines l
        LEFT JOIN (SELECT purchase_id, line_no, SUM(amount_minor) AS off FROM purchase_shares
                   GROUP BY purchase_id, line_no) s
               ON s.purchase_id = l.purchase_id AND s.line_no = l.line_no
        WHERE l.gross_minor - l.paid_minor <> COALESCE(s.off, 0)
    ) wrong ORDER BY row, detail LIMIT 1
    """,
)

PURCHASE_POINTS = Rule(
    "purchase-points",
    "a purchase has posted its points once, as many as its rules and offers gave",
    """
    SELECT row, detail FROM (
        SELECT t.purchase_id || '/' || t.unit AS row,
               'rules say ' || SUM(t.said) || ', posted ' || SUM(t.posted) || ' in ' || SUM(t.times)
               AS detail
        FROM (
            SELECT purchase_id, unit, points AS said, 0 AS posted, 0 AS times
            FROM purchase_earnings
            UNION ALL
            SELECT purchase_id, REPLACE(unit, '~pending', ''), 0, points, 1 FROM postings
            WHERE kind IN ('earn', 'pending') AND source = 'purchase:' || purchase_id
               OR kind IN ('earn', 'pending')
                  AND source = 'purchase:' || purchase_id || ':' || unit
        ) t
        GROUP BY t.purchase_id, t.unit
        HAVING SUM(t.said) <> SUM(t.posted)
            OR SUM(t.times) <> CASE WHEN SUM(t.said) > 0 THEN 1 ELSE 0 END
        UNION ALL
        SELECT p.id AS row, 'earns ' || p.points || ', rules say ' || COALESCE(e.points, 0)
               AS detail
        FROM purchases p
        JOIN programme_versions v ON v.id = p.programme_version_id
        LEFT JOIN (SELECT purchase_id, unit, SUM(points) AS points FROM purchase_earnings
                   GROUP BY purchase_id, unit) e
               ON e.purchase_id = p.id AND e.unit = COALESCE(v.default_wallet, 'points')
        WHERE p.points <> COALESCE(e.points, 0)
    ) wrong ORDER BY row, detail LIMIT 1
    """,
)

ORPHANS = Rule(
    "postings-have-causes",
    "a posting that names a purchase belongs to that purchase's member",
    """
    SELECT g.member_id || '/' || g.unit || '/' || g.seq AS row,
           'names ' || g.purchase_id AS detail
    FROM postings g LEFT JOIN purchases p ON p.id = g.purchase_id
    WHERE g.purchase_id IS NOT NULL
      AND (p.id IS NULL
           OR g.member_id <> p.member_id AND g.member_id <> COALESCE(p.earner_id, p.member_id))
    ORDER BY g.member_id, g.unit, g.seq LIMIT 1
    """,
)

RETURN_POINTS = Rule(
    "return-points",
    "a return has posted what it took, once",
    """
    SELECT r.id AS row, 'took ' || r.points_taken || ', posted ' || COALESCE(-g.points, 0) AS detail
    FROM purchase_returns r
    LEFT JOIN (SELECT member_id, REPLACE(source, '\\:pending', '') AS source, SUM(points) AS points
               FROM postings WHERE kind = 'return' GROUP BY 1, 2) g
           ON g.member_id = r.member_id AND g.source = 'return:' || r.id
    WHERE r.points_taken <> COALESCE(-g.points, 0)
    ORDER BY r.id LIMIT 1
    """,
)

RETURN_QUANTITIES = Rule(
    "return-quantities",
    "no more of a line came back than was bought, and no more money than was paid",
    """
    SELECT row, detail FROM (
        SELECT r.purchase_id || '/' || r.line_no AS row,
               'returned ' || r.milli || ' for ' || r.paid || ', bought '
               || COALESCE(l.quantity_milli, 0) || ' for '
               || COALESCE(l.paid_minor + l.fee_minor, 0) AS detail
        FROM (SELECT t.purchase_id, n.line_no, SUM(n.milli) AS milli, SUM(n.paid) AS paid
              FROM (SELECT return_id, line_no, quantity_milli AS milli, paid_minor AS paid
                    FROM return_lines
                    UNION ALL
                    SELECT return_id, line_no, 0, amount_minor FROM return_amounts) n
              JOIN purchase_returns t ON t.id = n.return_id
              GROUP BY t.purchase_id, n.line_no) r
        LEFT JOIN purchase_lines l ON l.purchase_id = r.purchase_id AND l.line_no = r.line_no
        WHERE r.milli > COALESCE(l.quantity_milli, 0)
           OR r.paid > COALESCE(l.paid_minor + l.fee_minor, 0)
           OR (r.milli = l.quantity_milli AND r.paid <> l.paid_minor + l.fee_minor)
        UNION ALL
        SELECT r.id AS row, 'value ' || r.value_minor || ', lines say ' || COALESCE(n.paid, 0)
               AS detail
        FROM purchase_returns r
        LEFT JOIN (SELECT return_id, SUM(paid) AS paid
                   FROM (SELECT return_id, paid_minor AS paid FROM return_lines
                         UNION ALL SELECT return_id, amount_minor FROM return_amounts) x
                   GROUP BY return_id) n
               ON n.return_id = r.id
        WHERE r.value_minor <> COALESCE(n.paid, 0)
    ) wrong ORDER BY row, detail LIMIT 1
    """,
)

TIER_CREDIT = Rule(
    "tier-credit",
    "a member's credit in a window is the spend of her purchases in it, less what came back",
    """
    SELECT member_id || '/' || year AS row,
           'credited ' || SUM(credited) || ' and ' || SUM(seen) || ' visits, purchases say '
           || SUM(spent) || ' and ' || SUM(visits) AS detail
    FROM (
        SELECT member_id, SUBSTR(period, 1, 4) AS year, spend_minor AS credited, visits AS seen,
               0 AS spent, 0 AS visits
        FROM tier_credits
        UNION ALL
        SELECT COALESCE(earner_id, member_id), SUBSTR(period, 1, 4), 0, 0, basis_minor, 1
        FROM purchases WHERE member_id IS NOT NULL
        UNION ALL
        SELECT r.member_id, SUBSTR(p.period, 1, 4), 0, 0, -r.basis_minor,
               CASE WHEN r.void THEN -1 ELSE 0 END
        FROM purchase_returns r JOIN purchases p ON p.id = r.purchase_id
        WHERE p.member_id IS NOT NULL
        UNION ALL
        SELECT member_id, SUBSTR(period, 1, 4), 0, 0, -basis_minor, 0 FROM loose_returns
        WHERE member_id IS NOT NULL
        UNION ALL
        SELECT member_id, SUBSTR(period, 1, 4), 0, 0, spend_minor, visits FROM tier_openings
        UNION ALL
        SELECT member_id, SUBSTR(period, 1, 4), 0, 0, spend_minor, visits FROM merge_credits
        WHERE period <> ''
        UNION ALL
        SELECT member_id, SUBSTR(CAST(counted_on AS text), 1, 4), 0, 0, 0, 1
        FROM member_events WHERE event = 'visit' AND purchase_id IS NULL
    ) told
    GROUP BY member_id, year
    HAVING SUM(credited) <> SUM(spent) OR SUM(seen) <> SUM(visits)
    ORDER BY member_id, year LIMIT 1
    """,
)

TIER_STEPS = Rule(
    "tier-steps",
    "a member's steps follow each other and end at her level",
    """
    SELECT member_id || '/' || seq AS row, detail FROM (
        SELECT c.member_id, c.seq, 'ends at ' || c.to_level || ', stands at ' || s.level AS detail
        FROM tier_changes c JOIN tier_standings s ON s.member_id = c.member_id
        WHERE c.to_level <> s.level
          AND c.seq = (SELECT MAX(seq) FROM tier_changes l WHERE l.member_id = c.member_id)
        UNION ALL
        SELECT member_id, seq, 'begins at ' || from_level || ', expected ' || before AS detail
        FROM (SELECT member_id, seq, from_level,
                     LAG(to_level) OVER (PARTITION BY member_id ORDER BY seq) AS before
              FROM tier_changes) t
        WHERE before IS NOT NULL AND before <> from_level
    ) wrong ORDER BY member_id, seq, detail LIMIT 1
    """,
)

VOUCHER_PROGRESS = Rule(
    "voucher-progress",
    "cumulated spend is that of the purchases less what came back; each voucher counts once",
    """
    SELECT member_id AS row,
           'cumulated ' || SUM(told_spend) || ' and ' || SUM(told_issued) || ' vouchers, found '
           || SUM(spend) || ' and ' || SUM(issued) AS detail
    FROM (
        SELECT member_id, spend_minor AS told_spend, issued AS told_issued, 0 AS spend, 0 AS issued
        FROM voucher_progress
        UNION ALL
        SELECT COALESCE(earner_id, member_id), 0, 0, voucher_spend_minor, 0
        FROM purchases WHERE member_id IS NOT NULL
        UNION ALL
        SELECT member_id, 0, 0, -voucher_spend_minor, 0 FROM purchase_returns
        WHERE member_id IS NOT NULL
        UNION ALL
        SELECT member_id, 0, 0, -voucher_spend_minor, 0 FROM loose_returns
        WHERE member_id IS NOT NULL
        UNION ALL
        SELECT member_id, 0, 0, 0, 1 FROM vouchers
        WHERE state <> 'cancelled' AND origin IS NULL
        UNION ALL
        SELECT member_id, 0, 0, spend_minor, vouchers FROM merge_credits WHERE period = ''
    ) told
    GROUP BY member_id
    HAVING SUM(told_spend) <> SUM(spend) OR SUM(told_issued) <> SUM(issued)
    ORDER BY member_id LIMIT 1
    """,
)

VOUCHER_USES = Rule(
    "voucher-uses",
    "a voucher that was used paid for a purchase of its owner",
    """
    SELECT v.member_id || '/' || v.id AS row, 'used for ' || v.used_for AS detail
    FROM vouchers v LEFT JOIN purchases p ON p.id = v.used_for
    LEFT JOIN redemptions r ON r.member_id = v.member_id AND r.id = v.used_for
    WHERE v.used_for IS NOT NULL AND r.id IS NULL
                                 AND (p.id IS NULL OR p.member_id <> v.member_id
                                      OR p.voucher_minor = 0 AND p.total_minor > 0)
    ORDER BY v.member_id, v.id LIMIT 1
    """,
)

TRADE_RULES = (
    TOTALS,
    PURCHASE_POINTS,
    ORPHANS,
    RETURN_POINTS,
    RETURN_QUANTITIES,
    TIER_CREDIT,
    TIER_STEPS,
    VOUCHER_PROGRESS,
    VOUCHER_USES,
)
