"""What staff do with a member's points stands in the audit trail: who, when, what."""

from __future__ import annotations

from sqlalchemy import select

from loyalty.commands import (
    adjust_points,
    draw_points,
    earn_points,
    form_pool,
    join_pool,
    leave_pool,
    merge_members,
    pool_points,
    redeem_points,
    release_redemption,
    transfer_points,
    unmerge_members,
)
from loyalty.kernel.audit import AuditEntry, first_broken_entry

STAFF = "staff:stf_dora"


def trail(tx):
    """Action, actor and points of every entry since the first."""
    rows = tx.run(select(AuditEntry).order_by(AuditEntry.seq)).all()
    known = [one for one in rows if one.actor == STAFF]
    return [(one.action, one.details.get("points")) for one in known]


def move_everything(tx, ada, ben):
    """Every command that moves points by hand, once."""
    earn_points(tx, member_id=ada, points=1000, source="gift")
    adjust_points(
        tx, member_id=ada, points=5, reason="broken egg", source="egg", actor=STAFF, role="admin"
    )
    held = redeem_points(tx, member_id=ada, points=200, source="held", hold_seconds=60)
    release_redemption(tx, member_id=ada, redemption_id=held.redemption_id)
    redeem_points(tx, member_id=ada, points=200, source="pays")
    transfer_points(tx, member_id=ada, to_member_id=ben, points=10, source="present")
    pool = form_pool(tx, owner_id=ada, source="pool").pool_id
    join_pool(tx, pool_id=pool, member_id=ben, source="joins")
    pool_points(tx, member_id=ada, points=20, source="in")
    draw_points(tx, member_id=ada, points=5, source="out")
    leave_pool(tx, member_id=ben, source="leaves")
    leave_pool(tx, member_id=ada, source="leaves")
    merge = merge_members(tx, survivor_id=ada, other_id=ben, source="same").merge_id
    unmerge_members(tx, merge_id=merge, source="not the same")


def test_every_movement_by_staff_is_in_the_trail(shop, ada, ben):
    with shop.begin(actor=STAFF) as tx:
        move_everything(tx, ada, ben)
        found = trail(tx)
        assert first_broken_entry(tx) is None

    assert [one for one in found if one[1] is not None][:6] == [
        ("adjust-points", 5),
        ("redeem", 200),
        ("redemption-released", 200),
        ("redeem", 200),
        ("points-gift", 10),
        ("points-pool", 20),
    ]
    actions = {action for action, _ in found}
    assert {"join-pool", "leave-pool", "points-exit", "merge-members", "unmerge-members"} <= actions


def test_what_members_and_tills_do_themselves_stands_in_the_books_only(shop, ada, ben):
    with shop.begin(actor=f"member:{ada}") as tx:
        earn_points(tx, member_id=ada, points=1000, source="gift")
        transfer_points(tx, member_id=ada, to_member_id=ben, points=10, source="present")
        redeem_points(tx, member_id=ada, points=200, source="pays")
        actors = set(tx.run(select(AuditEntry.actor)).scalars())

    assert f"member:{ada}" not in actors
