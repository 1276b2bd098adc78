"""Names that nothing answers to: found before a story runs, with the name that was meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from admin.examples.names import NOBODY, Names, filters_in, names_of, near, slip
from admin.examples.story import Step, Story
from loyalty.kernel.problems import N_
from loyalty.kernel.shapes import Fault, Faults
from loyalty.kernel.shapes.faults import path_text

Keys = tuple[str | int, ...]

_MEMBERS = ("member", "beneficiary", "referrer", "survivor", "from", "to", "owner")
_OF_PURCHASES = frozenset({"return", "void", "resume", "reinstate"})
_SUMS = frozenset(
    {
        *("balance", "earned", "pending", "charged", "redeemable", "held", "lifetime_earned"),
        *("qualifying", "deficit", "entry_count", "ledger_sum", "lots", "all_lots", "consumed"),
        *("entries", "running_balance"),
    }
)
_OFFERS, _COUPONS, _LINES = ("offer", "reward"), ("offer", "code"), ("line",)
_ASKED_BY: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_SUMS, ("member", "wallet")),
    **dict.fromkeys(("discounts", "sum_of_shares", "shares_in_some_order"), _OFFERS),
    **dict.fromkeys(("uses", "budget_left", "applied"), ("offer",)),
    **dict.fromkeys(("lines", "free_units"), _LINES),
    **dict.fromkeys(("messages", "referral"), ("member",)),
    "earned_by": ("rule", "offer", "reward"),
    "not_applied": _COUPONS,
    "stock": ("reward",),
    "kept": ("purchase",),
    "tier": ("tier",),
}
"""What the names under an expectation may name."""


def check_names(story: Story, faults: Faults) -> None:
    """Note every name in ``story`` that nothing answers to.

    What the story itself acts with (a member, an article, a purchase, an offer) must be known.
    What it only asks about may be unknown, and then is zero or none; there, and in filters, only
    a slip of the pen is a fault. A step that expects to be refused may name what is not there.
    """
    names = names_of(story)
    checker = _Checker(story, names, faults)
    checker.members()
    checker.offers()
    checker.programme()
    checker.receipts()
    for step in story.steps:
        checker.step(step)
        checker.expect(step)


class _Checker:
    """Looks names up and notes those that are unknown."""

    def __init__(self, story: Story, names: Names, faults: Faults) -> None:
        self.story, self.names, self.faults = story, names, faults
        self.sets = {
            kinds: frozenset().union(*(names.of(kind) for kind in kinds)) | {NOBODY}
            for kinds in set(_ASKED_BY.values())
        }

    def members(self) -> None:
        """Check what members hold and where they stand before the story."""
        for name, facts in self.story.members.items():
            keys: Keys = ("members", name)
            for wallet in facts.get("wallets", {}):
                self.known("wallet", wallet, (*keys, "wallets", wallet))
            for number, lot in enumerate(facts.get("lots", ())):
                if "wallet" in lot:
                    self.known("wallet", lot["wallet"], (*keys, "lots", number, "wallet"))
            if "tier" in facts:
                self.tier(facts["tier"], (*keys, "tier"))
            if "assigned_tier" in facts:
                self.tier(facts["assigned_tier"]["tier"], (*keys, "assigned_tier"))
            if "referrer" in facts:
                self.known("member", facts["referrer"], (*keys, "referrer"))

    def offers(self) -> None:
        """Check that offers have ids of their own, and what they name."""
        seen: set[str] = set()
        for number, offer in enumerate(self.story.offers):
            keys: Keys = ("offers", number)
            if offer["id"] in seen:
                self.add(
                    (*keys, "id"), N_("'{name}' is the name of another offer"), "", offer["id"]
                )
            seen.add(offer["id"])
            self.filters(offer, keys)
            conditions = offer.get("conditions", {})
            for place, level in enumerate(conditions.get("tier", ())):
                self.slips("tier", level, (*keys, "conditions", "tier", place))
            for place, store in enumerate(conditions.get("store", ())):
                self.slips("store", store, (*keys, "conditions", "store", place))
            for place, other in enumerate(offer.get("combinable_with", ())):
                self.slips("offer", other, (*keys, "combinable_with", place))
            for place, gift in enumerate(offer.get("gifts", ())):
                self.known("article", gift["article"], (*keys, "gifts", place, "article"))
            if "wallet" in offer:
                self.known("wallet", offer["wallet"], (*keys, "wallet"))
        for offer_id in self.story.used:
            self.known("offer", offer_id, ("used", offer_id))

    def programme(self) -> None:
        """Check the filters of the programme, and the offers that its policy names."""
        for key, value in self.story.programme.items():
            root = next(
                (one for one in ("with", "programme") if f"{one}.{key}" in self.story.lines), None
            )
            if root is None:
                continue
            self.filters(value, (root, key))
            for number, reward in enumerate(value if key == "rewards" else ()):
                if reward["kind"] == "article":
                    self.known("article", reward["article"], (root, key, number, "article"))
            if key == "choice" and isinstance(value, Mapping):
                for number, offer_id in enumerate(value["in_order"]):
                    self.known("offer", offer_id, (root, key, "in_order", number))

    def receipts(self) -> None:
        """Check that no two purchases are called the same."""
        seen: set[str] = set()
        for step in self.story.steps:
            if step.verb != "purchase" or "as" not in step.asked:
                continue
            name = step.asked["as"]
            if name in seen:
                keys: Keys = ("steps", step.number - 1, "purchase", "as")
                self.add(keys, N_("'{name}' is the name of another purchase"), "", name)
            seen.add(name)

    def filters(self, document: Any, keys: Keys) -> None:
        """Check the values of filters for slips of the pen."""
        for kind, value, where in filters_in(document, keys):
            self.slips(kind, value, where)

    def step(self, step: Step) -> None:
        """Check what a step acts with."""
        asked = step.asked
        if not isinstance(asked, Mapping):
            return
        keys: Keys = ("steps", step.number - 1, step.verb)
        self._people(step, asked, keys)
        self._lines(step, asked, keys)
        if step.expect.get("refused"):
            return
        self._things(step, asked, keys)

    def _things(self, step: Step, asked: Mapping[str, Any], keys: Keys) -> None:
        """Check purchases, offers, rewards, wallets and levels that a step acts with."""
        if step.verb in _OF_PURCHASES and "of" in asked:
            self.known("purchase", asked["of"], (*keys, "of"))
        if step.verb == "assign_tier" and asked["tier"] != NOBODY:
            self.known("tier", asked["tier"], (*keys, "tier"))
        for key in ("wallet", "reward"):
            if isinstance(asked.get(key), str):
                self.known(key, asked[key], (*keys, key))
        for number, one in enumerate(asked.get("redeem", ())):
            if "reward" in one:
                self.known("reward", one["reward"], (*keys, "redeem", number, "reward"))
        for word in ("activate", "undo", "reserve", "release"):
            named = asked.get(word) if word == "activate" or step.verb == "offer" else None
            for number, offer_id in enumerate(named if isinstance(named, list) else ()):
                self.known("offer", offer_id, (*keys, word, number))
            if isinstance(named, str):
                self.known("offer", named, (*keys, word))

    def _people(self, step: Step, asked: Mapping[str, Any], keys: Keys) -> None:
        for key in _MEMBERS:
            enrols = step.verb == "enrol" and key == "member"
            dated = step.verb == "publish" and key == "from"
            if not isinstance(asked.get(key), str) or enrols or dated:
                continue
            if asked[key] != NOBODY:
                self.known("member", asked[key], (*keys, key))
        if step.verb == "merge":
            self.known("member", asked["source"], (*keys, "source"))
        for number, name in enumerate(asked.get("members", ())):
            self.known("member", name, (*keys, "members", number))
        card = asked.get("card")
        if isinstance(card, Mapping) and "member" in card and "id" not in card:
            self.slips("member", card["member"], (*keys, "card"))
        for key in ("store", "staff"):
            if key in asked:
                self.slips(key, asked[key], (*keys, key))
        if "till" in asked and self.names.till:
            self.known("till", asked["till"], (*keys, "till"))

    def _lines(self, step: Step, asked: Mapping[str, Any], keys: Keys) -> None:
        back = step.verb in {"return", "void"}
        for number, line in enumerate(asked.get("lines", ())):
            where = (*keys, "lines", number)
            if "article" in line and "price" not in line:
                kind = "line" if back else "article"
                self.known(kind, line["article"], (*where, "article"))
            elif "price" not in line and "position" not in line and "sku" not in line:
                self.add(where, N_("a line names an article or a price"), "", "")
            for key in ("category", "brand"):
                if key in line:
                    self.slips(key, line[key], (*where, key))

    def expect(self, step: Step) -> None:
        """Check what a step asks about for slips of the pen."""
        keys: Keys = ("steps", step.number - 1, "expect")
        for key, value in step.expect.items():
            kinds = _ASKED_BY.get(key)
            if kinds is None:
                continue
            known = self.sets[kinds]
            if isinstance(value, str):
                self.slip_of(known, value, (*keys, key))
            elif key == "applied":
                for number, name in enumerate(value):
                    self.slip_of(known, name, (*keys, key, number))
            elif isinstance(value, dict):
                self.many(known, value, (*keys, key))

    def many(self, known: frozenset[str], found: dict[str, Any], keys: Keys) -> None:
        """Look for slips among the keys of a map, and of wallets one step further in."""
        for name, value in found.items():
            if name not in known:
                self.slip_of(known, name, (*keys, name))
            if isinstance(value, dict) and keys[-1] == "balance" and name not in known:
                self.known("member", name, (*keys, name))
            if isinstance(value, dict) and keys[-1] in _SUMS:
                self.many(self.names.wallet, value, (*keys, name))

    def known(self, kind: str, name: str, keys: Keys) -> None:
        """Note ``name`` when nothing of its kind is called so."""
        known = self.names.of(kind)
        if name not in known:
            self.add(keys, _UNKNOWN[kind], near(name, known), name)

    def tier(self, name: str, keys: Keys) -> None:
        """Note a level that the programme does not have, if it has any."""
        if self.names.tier and name not in self.names.tier and name != NOBODY:
            self.add(keys, _UNKNOWN["tier"], near(name, self.names.tier), name)

    def slips(self, kind: str, name: str, keys: Keys) -> None:
        """Note ``name`` when it is a slip of the pen for one that is known."""
        self.slip_of(self.names.of(kind), name, keys)

    def slip_of(self, known: Iterable[str], name: Any, keys: Keys) -> None:
        """Note ``name`` when it is a slip of the pen for one of ``known``."""
        meant = slip(name, frozenset(known)) if isinstance(name, str) else ""
        if meant:
            self.add(keys, N_("nothing here is called '{name}'"), meant, name)

    def add(self, keys: Keys, message: str, meant: str, name: str) -> None:
        """Note a fault at ``keys``, on the line of the nearest value around it."""
        line = self.story.at(path_text(keys)).line
        self.faults.found.append(Fault(keys, line, message, {"name": name}, meant))


_UNKNOWN = {
    "member": N_("unknown member '{name}'"),
    "article": N_("unknown article '{name}'"),
    "line": N_("unknown article '{name}'"),
    "offer": N_("unknown offer '{name}'"),
    "reward": N_("unknown reward '{name}'"),
    "wallet": N_("unknown wallet '{name}'"),
    "tier": N_("unknown tier '{name}'"),
    "till": N_("unknown till '{name}'"),
    "purchase": N_("no purchase of this file is called '{name}'"),
}
