"""What must be true of challenges."""

from __future__ import annotations

from loyalty.queries.verifying.rule import Rule

AWARDS = Rule(
    "challenge-awards",
    "a step of a challenge has posted what it gave, once each time it was reached",
    """
    SELECT a.member_id || '/' || a.challenge || '/' || a.period || '/' || a.step || '/' || a.nth
           AS row,
           'gives ' || a.points || ' the ' || a.turns || '. time, posted '
           || COALESCE(p.points, 0) AS detail
    FROM challenge_awards a
    LEFT JOIN postings p
           ON p.member_id = a.member_id
          AND p.source = 'challenge:' || a.challenge || ':' || a.period || ':' || a.step || ':'
                         || a.nth || ':' || a.turns
    WHERE a.points <> COALESCE(p.points, 0)
    ORDER BY 1 LIMIT 1
    """,
)

CHALLENGE_RULES = (AWARDS,)
