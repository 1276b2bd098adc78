"""What must be true of wallets, postings, lots and holds."""

from __future__ import annotations

from loyalty.queries.verifying.rule import Rule

_GRANTS = """
    SELECT member_id, unit, lot_on AS expires_on, COALESCE(lot_no, 0) AS lot_no,
           lot_lo AS lo, lot_hi AS hi, seq
    FROM postings WHERE lot_on IS NOT NULL
    UNION ALL SELECT member_id, unit, expires_on, lot_no, lo, hi, seq FROM gives
"""

BALANCE = Rule(
    "balance",
    "a wallet's balance is the sum of its postings and the balance of the last one",
    """
    SELECT w.member_id || '/' || w.unit AS row,
           'holds ' || w.balance || ', postings say ' || COALESCE(p.points, 0) AS detail
    FROM wallets w
    LEFT JOIN (SELECT member_id, unit, SUM(points) AS points FROM postings
               GROUP BY member_id, unit) p ON p.member_id = w.member_id AND p.unit = w.unit
    LEFT JOIN postings l ON l.member_id = w.member_id AND l.unit = w.unit AND l.seq = w.seq
    WHERE w.balance <> COALESCE(p.points, 0) OR w.balance <> COALESCE(l.balance, 0)
    ORDER BY w.member_id, w.unit LIMIT 1
    """,
)

SEQUENCE = Rule(
    "sequence",
    "a wallet's postings count 1, 2, 3 ... without a gap, up to its seq",
    """
    SELECT w.member_id || '/' || w.unit AS row,
           'counts ' || w.seq || ', has ' || COALESCE(p.count, 0) || ' up to '
           || COALESCE(p.last, 0) AS detail
    FROM wallets w
    LEFT JOIN (SELECT member_id, unit, COUNT(*) AS count, MAX(seq) AS last FROM postings
               GROUP BY member_id, unit) p ON p.member_id = w.member_id AND p.unit = w.unit
    WHERE w.seq <> COALESCE(p.count, 0) OR w.seq <> COALESCE(p.last, 0)
    ORDER BY w.member_id, w.unit LIMIT 1
    """,
)

RUNNING_BALANCE = Rule(
    "running-balance",
    "each posting's balance is the one before plus its points",
    """
    SELECT member_id || '/' || unit || '/' || seq AS row,
           'says ' || balance || ', follows from ' || before || ' and ' || points AS detail
    FROM (SELECT member_id, unit, seq, balance, points,
                 LAG(balance, 1, 0) OVER (PARTITION BY member_id, unit ORDER BY seq) AS before
          FROM postings) p
    WHERE balance <> before + points
    ORDER BY member_id, unit, seq LIMIT 1
    """,
)

LIFETIME = Rule(
    "lifetime",
    "what was ever earned and spent is the sum of the postings against those accounts",
    """
    SELECT w.member_id || '/' || w.unit AS row,
           'earned ' || w.lifetime_earned || ' and spent ' || w.lifetime_spent
           || ', postings say ' || COALESCE(p.earned, 0) || ' and ' || COALESCE(p.spent, 0)
           AS detail
    FROM wallets w
    LEFT JOIN (SELECT member_id, unit,
                      SUM(CASE WHEN contra = 'issued' THEN points ELSE 0 END) AS earned,
                      SUM(CASE WHEN contra = 'redeemed' THEN -points ELSE 0 END) AS spent
               FROM postings GROUP BY member_id, unit) p
           ON p.member_id = w.member_id AND p.unit = w.unit
    WHERE w.lifetime_earned <> COALESCE(p.earned, 0) OR w.lifetime_spent <> COALESCE(p.spent, 0)
    ORDER BY w.member_id, w.unit LIMIT 1
    """,
)

LOTS = Rule(
    "lots",
    "the lots of a wallet hold exactly what its balance is above zero",
    """
    SELECT w.member_id || '/' || w.unit AS row,
           'balance ' || w.balance || ', lots hold ' || COALESCE(l.points, 0) AS detail
    FROM wallets w
    LEFT JOIN (SELECT member_id, unit, SUM(granted - consumed) AS points FROM lots
               GROUP BY member_id, unit) l ON l.member_id = w.member_id AND l.unit = w.unit
    WHERE CASE WHEN w.balance > 0 THEN w.balance ELSE 0 END <> COALESCE(l.points, 0)
    ORDER BY w.member_id, w.unit LIMIT 1
    """,
)


def _tiles(name: str, says: str, stretches: str, counter: str) -> Rule:
    """Return the rule that stretches follow each other from 0 to the lot's counter."""
    return Rule(
        name,
        says,
        f"""
        SELECT member_id || '/' || unit || '/' || expires_on
               || CASE WHEN lot_no > 0 THEN '/' || lot_no ELSE '' END AS row, detail FROM (
            SELECT member_id, unit, expires_on, lot_no, lo AS place,
                   'begins at ' || lo || ', expected ' || before AS detail
            FROM (SELECT member_id, unit, expires_on, lot_no, lo,
                         LAG(hi, 1, 0) OVER (PARTITION BY member_id, unit, expires_on, lot_no
                                             ORDER BY lo, hi) AS before
                  FROM ({stretches}) s) t
            WHERE lo <> before
            UNION ALL
            SELECT member_id, unit, expires_on, lot_no, SUM(told) AS place,
                   'covers ' || SUM(covered) || ' of ' || SUM(told) AS detail
            FROM (SELECT member_id, unit, expires_on, lot_no, {counter} AS told, 0 AS covered
                  FROM lots
                  UNION ALL
                  SELECT member_id, unit, expires_on, lot_no, 0, hi - lo FROM ({stretches}) s) c
            GROUP BY member_id, unit, expires_on, lot_no
            HAVING SUM(told) <> SUM(covered)
        ) wrong ORDER BY member_id, unit, expires_on, lot_no, place LIMIT 1
        """,  # noqa: S608 - both parts are constants of this module
    )


GRANTS_TILE = _tiles(
    "grants-tile",
    "what postings granted into a lot follows without gap or overlap up to its granted points",
    _GRANTS,
    "granted",
)
TAKES_TILE = _tiles(
    "takes-tile",
    "what postings took from a lot follows without gap or overlap up to its consumed points",
    "SELECT member_id, unit, expires_on, lot_no, lo, hi FROM takes",
    "consumed",
)

LOT_AGES = Rule(
    "lot-ages",
    "a lot of its own says when its points were earned, as its first grant does; a pool does not",
    """
    SELECT l.member_id || '/' || l.unit || '/' || l.expires_on || '/' || l.lot_no AS row,
           'is not as old as its first grant' AS detail
    FROM lots l
    LEFT JOIN postings p
           ON l.lot_no > 0 AND p.member_id = l.member_id AND p.unit = l.unit
          AND p.lot_on = l.expires_on AND p.lot_no = l.lot_no AND p.lot_lo = 0
    LEFT JOIN gives g
           ON l.lot_no > 0 AND g.member_id = l.member_id AND g.unit = l.unit
          AND g.expires_on = l.expires_on AND g.lot_no = l.lot_no AND g.lo = 0
    LEFT JOIN postings o ON o.member_id = g.member_id AND o.unit = g.unit AND o.seq = g.seq
    WHERE CASE WHEN l.lot_no = 0 THEN l.earned_at IS NOT NULL
               ELSE l.earned_at IS NULL OR l.earned_at
                    <> COALESCE(p.occurred_at, g.earned_at, o.occurred_at) END
    ORDER BY l.member_id, l.unit, l.expires_on, l.lot_no LIMIT 1
    """,
)

PROVENANCE = Rule(
    "provenance",
    "a posting grants its points into lots, or takes them from lots as far as there is no debt",
    f"""
    SELECT p.member_id || '/' || p.unit || '/' || p.seq AS row,
           'moves ' || p.points || ', grants ' || COALESCE(g.points, 0)
           || ', takes ' || COALESCE(t.points, 0) AS detail
    FROM (SELECT member_id, unit, seq, points,
                 CASE WHEN balance < 0 THEN -balance ELSE 0 END AS debt,
                 CASE WHEN balance - points < 0 THEN points - balance ELSE 0 END AS debt_before
          FROM postings) p
    LEFT JOIN (SELECT member_id, unit, seq, SUM(hi - lo) AS points FROM ({_GRANTS}) s
               GROUP BY member_id, unit, seq) g
           ON g.member_id = p.member_id AND g.unit = p.unit AND g.seq = p.seq
    LEFT JOIN (SELECT member_id, unit, seq, SUM(hi - lo) AS points FROM takes
               GROUP BY member_id, unit, seq) t
           ON t.member_id = p.member_id AND t.unit = p.unit AND t.seq = p.seq
    WHERE COALESCE(g.points, 0) <> CASE WHEN p.points > 0 THEN p.points ELSE 0 END
       OR COALESCE(t.points, 0) <> CASE WHEN p.points > 0 THEN p.debt_before - p.debt
                                        ELSE -p.points - (p.debt - p.debt_before) END
    ORDER BY p.member_id, p.unit, p.seq LIMIT 1
    """,  # noqa: S608 - a constant of this module
)

HOLDS = Rule(
    "holds",
    "what a wallet keeps back is the sum of its open holds",
    """
    SELECT w.member_id || '/' || w.unit AS row,
           'keeps ' || w.held || ', open holds say ' || COALESCE(h.points, 0) AS detail
    FROM wallets w
    LEFT JOIN (SELECT member_id, unit, SUM(points) AS points FROM holds WHERE state = 'open'
               GROUP BY member_id, unit) h ON h.member_id = w.member_id AND h.unit = w.unit
    WHERE w.held <> COALESCE(h.points, 0)
    ORDER BY w.member_id, w.unit LIMIT 1
    """,
)

CAPTURES = Rule(
    "captures",
    "a captured hold has spent exactly what was captured",
    """
    SELECT h.member_id || '/' || h.id AS row,
           'captured ' || h.captured || ', spent ' || COALESCE(-p.points, 0) AS detail
    FROM holds h
    LEFT JOIN postings p ON p.member_id = h.member_id AND p.source = 'hold:' || h.id
    WHERE h.captured <> COALESCE(-p.points, 0)
    ORDER BY h.member_id, h.id LIMIT 1
    """,
)

OVERDUE = Rule(
    "overdue-lots",
    "no lot keeps points two days after its day once the expiry job has run, unless held",
    """
    SELECT l.member_id || '/' || l.unit AS row, 'overdue ' || SUM(l.granted - l.consumed) AS detail
    FROM lots l JOIN wallets w ON w.member_id = l.member_id AND w.unit = l.unit
    WHERE l.expires_on <= :overdue AND l.granted > l.consumed
    GROUP BY l.member_id, l.unit, w.held
    HAVING SUM(l.granted - l.consumed) > w.held
    ORDER BY l.member_id, l.unit LIMIT 1
    """,
)

REVERSALS = Rule(
    "reversals",
    "reversals of a posting never exceed it",
    """
    SELECT r.member_id || '/' || r.unit || '/' || r.reverses_seq AS row,
           'moved ' || COALESCE(o.points, 0) || ', reversed ' || r.points AS detail
    FROM (SELECT member_id, unit, reverses_seq, SUM(points) AS points FROM postings
          WHERE reverses_seq IS NOT NULL GROUP BY member_id, unit, reverses_seq) r
    LEFT JOIN postings o ON o.member_id = r.member_id AND o.unit = r.unit
                        AND o.seq = r.reverses_seq
    WHERE o.seq IS NULL OR ABS(r.points) > ABS(o.points) OR r.points * o.points > 0
    ORDER BY r.member_id, r.unit, r.reverses_seq LIMIT 1
    """,
)

POINTS_RULES = (
    BALANCE,
    SEQUENCE,
    RUNNING_BALANCE,
    LIFETIME,
    LOTS,
    GRANTS_TILE,
    TAKES_TILE,
    LOT_AGES,
    PROVENANCE,
    HOLDS,
    CAPTURES,
    OVERDUE,
    REVERSALS,
)
