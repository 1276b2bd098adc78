"""What happens between members: gifts, pools, merges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from loyalty.commands import (
    block_member,
    draw_points,
    form_pool,
    join_pool,
    leave_pool,
    merge_members,
    pool_points,
    transfer_points,
    unblock_member,
    unmerge_members,
)
from tests.loyalty.reference import Point, Refused, Wallet, share
from tests.loyalty.town import UNITS, Town, refuse


class People(Town):
    """Verbs of several members."""

    def transfer(self) -> None:
        who, to, unit = self.somebody(), self.somebody(), self.dice.choice(UNITS)
        points, source = self.dice.randrange(1, 20), self.source
        day = ("given", who, self.today)

        def wanted() -> None:
            if who == to:
                raise Refused("transfer-to-self")
            giver, taker = self.wallet(who, unit), self.wallet(to, unit)
            giver.need(points, giver.usable)
            if self.memory.counts[day] + points > self.document["transfers"]["per_day"]:
                raise Refused("transfer-limit")
            self.memory.counts[day] += points
            giver.give(taker, points, [])

        self.move(
            "transfer_points",
            who,
            points,
            wanted,
            lambda count: transfer_points(
                self.tx, member_id=who, to_member_id=to, points=count, source=source, wallet=unit
            ),
            still=lambda: self.state[to] == "active",
        )

    def pool_of(self, who: Any) -> Any:
        return next((pool for pool, here in self.memory.pools.items() if who in here), "")

    def gather(self) -> None:
        """Form a pool, or join one."""
        who, source = self.somebody(), self.source
        if self.state[who] == "merged":
            return
        pool = self.dice.choice(["", *self.memory.pools])

        def wanted() -> None:
            self.wallet(who, "points")
            if pool and not self.memory.pools[pool]:
                raise Refused("not-in-a-pool")
            if self.pool_of(who) not in {"", pool} or (not pool and self.pool_of(who)):
                raise Refused("in-a-pool")
            if pool:
                had = {unit: self.memory.counts["left", pool, who, unit] for unit in UNITS}
                self.memory.pools[pool].setdefault(who, Counter(had))

        if pool:
            self.do(
                "join_pool",
                wanted,
                lambda: join_pool(self.tx, pool_id=pool, member_id=who, source=source),
            )
            return
        done = self.do("form_pool", wanted, lambda: form_pool(self.tx, owner_id=who, source=source))
        if done is not None:
            self.settle_in(done.pool_id, "pool")
            self.memory.pools[done.pool_id] = {who: Counter()}

    def share_points(self) -> None:
        """Bring points into one's pool, or draw some from it; a number, or all of them."""
        who, unit, source = self.somebody(), self.dice.choice(UNITS), self.source
        pool, brings = self.pool_of(who), self.dice.random() < 0.6
        points = self.dice.choice([self.dice.randrange(1, 20), None])
        moved: list[Point] = []

        def wanted() -> None:
            mine = self.wallet(who, unit)
            if not pool:
                raise Refused("not-in-a-pool")
            theirs = self.wallet(pool, unit)
            giver, taker = (mine, theirs) if brings else (theirs, mine)
            giver.need(points or 0, giver.usable)
            moved.extend(giver.give(taker, giver.usable if points is None else points, []))
            # What was brought is what was given less what was taken out again.
            self.memory.pools[pool][who][unit] += len(moved) * (1 if brings else -1)

        command: Any = pool_points if brings else draw_points
        done = self.move(
            command.__name__,
            who,
            points or 0,
            wanted,
            lambda count: command(
                self.tx,
                member_id=who,
                points=None if points is None and not count else count,
                source=source,
                wallet=unit,
            ),
            still=lambda: self.pool_of(who) == pool,
        )
        if done is not None and not done.points:
            self.memory.past.pop()

    def leave(self) -> None:
        who, source = self.somebody(), self.source
        pool = self.pool_of(who)
        took: dict[str, int] = {}

        def wanted() -> None:
            self.wallet(who, "points")
            if not pool:
                raise Refused("not-in-a-pool")
            here = self.memory.pools[pool]
            for unit in UNITS:
                giver, taker = self.wallet(pool, unit), self.wallet(who, unit)
                brought = {one: max(0, counts[unit]) for one, counts in here.items()}
                part = share(self.document["household"]["exit"], giver.usable, brought, who)
                giver.give(taker, part, [])
                if part:
                    took[unit] = part
            self.memory.pools[pool] = {one: here[one] for one in here if one != who}
            for unit in UNITS:
                self.memory.counts["left", pool, who, unit] = here[who][unit] - took.get(unit, 0)

        done = self.do(
            "leave_pool", wanted, lambda: leave_pool(self.tx, member_id=who, source=source)
        )
        assert done is None or done.points == took, f"step {self.number}"

    def merge(self) -> None:
        who, other, source = self.somebody(), self.somebody(), self.source
        if self.pool_of(other) or self.pool_of(who):
            return
        moved: dict[str, Any] = {}

        def wanted() -> None:
            if who == other:
                raise Refused("already-merged")
            for state, slug in (("blocked", "member-blocked"), ("merged", "already-merged")):
                for one in sorted([who, other]):
                    if self.state[one] == state:
                        raise Refused(slug)
            self.refuse_held(who, other)
            for unit in UNITS:
                stays, goes = self.wallet(who, unit), self.wallet(other, unit)
                waits = list(goes.waiting)
                if goes.debt:
                    moved[unit] = (goes.debt, [], waits)
                    stays.give(goes, goes.debt, self.fresh(stays, goes.debt))
                else:
                    moved[unit] = (0, goes.give(stays, len(goes.points), []), waits)
                stays.waiting, goes.waiting = stays.waiting + goes.waiting, []
            self.state[other] = "merged"

        done = self.do(
            "merge_members",
            wanted,
            lambda: merge_members(self.tx, survivor_id=who, other_id=other, source=source),
        )
        if done is not None:
            self.memory.merges.append((done.merge_id, who, other, moved))
            moved["vouchers"] = self.hand_vouchers(self.memory.vouchers.values(), other, who)

    def unmerge(self) -> None:
        """Undo the last merge, or try to undo one on which another stands."""
        if not self.memory.merges:
            return
        one = self.dice.choice(self.memory.merges)
        merge_id, who, other, moved = one
        later = self.memory.merges[self.memory.merges.index(one) + 1 :]

        def wanted() -> None:
            self.touched.update([who, other])
            if any(who in (stays, goes) for _, stays, goes, _ in later):
                raise Refused("not-merged")
            self.refuse_held(who, other)
            for unit in UNITS:
                self.part(unit, who, other, moved[unit])
            self.state[other] = "active"

        done = self.do(
            "unmerge_members",
            wanted,
            lambda: unmerge_members(self.tx, merge_id=merge_id, source="walk"),
        )
        if done is not None:
            self.memory.merges.remove(one)
            self.hand_vouchers(moved["vouchers"], who, other)
            again = self.do(
                "unmerge_members:again",
                lambda: None,
                lambda: unmerge_members(self.tx, merge_id=merge_id, source="walk"),
            )
            assert again.replayed
            self.do(
                "unmerge_members:otherwise",
                refuse("not-merged"),
                lambda: unmerge_members(self.tx, merge_id=merge_id, source="other"),
            )

    def part(self, unit: str, who: Any, other: str, moved: Any) -> None:
        """Give back what a merge moved in one unit, as far as it is still there."""
        stays, goes = self.wallets[who, unit], self.wallets[other, unit]
        stays.settle()
        goes.settle()
        debt, points, waits = moved
        if debt:
            goes.give(stays, debt, self.fresh(goes, debt))
        back = [one for one in stays.points if one in set(points)]
        if not stays.first_earned:
            back = self.by_day(stays, points)
        stays.give(goes, len(back), [], back)
        still = {id(part) for _, part in stays.waiting}
        goes.waiting = [one for one in waits if id(one[1]) in still]
        mine = {id(part) for _, part in goes.waiting}
        stays.waiting = [one for one in stays.waiting if id(one[1]) not in mine]

    def by_day(self, stays: Wallet, points: list[Point]) -> list[Point]:
        """Return points of the days of ``points``, as many as there are at most."""
        days, back = Counter(one.gone_on for one in points), []
        for one in stays.points:
            if days[one.gone_on] > 0:
                days[one.gone_on] -= 1
                back.append(one)
        return back

    def refuse_held(self, *people: str) -> None:
        if any(self.wallets[who, unit].held for who in people for unit in UNITS):
            raise Refused("hold-open")

    def hand_vouchers(self, vouchers: Iterable[Any], giver: str, taker: str) -> list[Any]:
        """Give unused vouchers to somebody else; return which."""
        unused = [one for one in vouchers if one == [giver, "issued"]]
        for one in unused:
            one[0] = taker
        return unused

    def block(self) -> None:
        blocked = [who for who, state in self.state.items() if state == "blocked"]
        who = blocked[0] if blocked else self.somebody()
        if self.state[who] == "merged":
            return
        change: Any = unblock_member if blocked else block_member
        self.do(change.__name__, lambda: None, lambda: change(self.tx, member_id=who))
        self.state[who] = "active" if blocked else "blocked"
