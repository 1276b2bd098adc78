"""What stands before a story's first step: programme, shops, articles, offers, members."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from typing import Any

from admin.examples.amounts import basis_points, milli
from admin.examples.opening import identity_of, open_members
from admin.examples.scratch import Point
from admin.examples.stage import DEFAULT_STORE, Cast, NotHonouredYet, Stage, as_date
from admin.examples.story import Plain, Story
from admin.examples.used import count_used
from loyalty.commands import (
    load_gift_card,
    publish_programme,
    save_articles,
    save_category,
    save_store,
)
from loyalty.kernel.access.people import take_on_staff
from loyalty.kernel.access.principals import Role
from loyalty.kernel.tx import Tx
from loyalty.values import SCRATCH, ArticleFacts, Sku, SoldBy, StoreId
from offers.commands import draft_offer, launch_offer

EMPTY_PROGRAMME: Plain = {"name": "none", "wallets": {}, "earn": []}


MOST_WORLDS = 32
"""How many worlds that stories began in are kept: many documents of a suite share one."""


def build(stage: Stage) -> None:
    """Make everything that the story takes for granted, on a fresh database.

    Raises:
        ProgrammeRefused, OfferRefused: a document contradicts itself.
    """
    worlds: dict[str, tuple[Point, Cast]] = stage.scratch.worlds
    known = worlds.get(key := _key(stage.story))
    _refuse_what_would_be_ignored(stage.story)
    if known is not None:
        stage.scratch.go_back(known[0])
        stage.cast = known[1].copy()
        _to_the_first_step(stage)
        return
    stage.scratch.fresh()
    _make(stage)
    if len(worlds) >= MOST_WORLDS:
        worlds.clear()
    worlds[key] = stage.scratch.keep(), stage.cast.copy()


def _refuse_what_would_be_ignored(story: Story) -> None:
    """Stop at a policy of offers that the engine does not act on: better than a wrong total."""
    for key, honoured in _POLICY.items() if story.offers else ():
        told = story.programme.get(key, honoured)
        wrong = told != honoured
        if isinstance(told, Mapping) and isinstance(honoured, Mapping):
            wrong = any(value != honoured.get(name, value) for name, value in told.items())
        if wrong or (key == "offer_rounding" and not _rounds_there(story, told.get("at"))):
            raise NotHonouredYet(f"{key}: {told}")


def _rounds_there(story: Story, at: Any) -> bool:
    """Tell whether every percentage is rounded where the policy says: where it applies."""
    places = {"unit": "per_unit", "line": "per_line"}
    rounded = {
        places.get(str(offer.get("applies_to", "line")), "per_offer")
        for offer in story.offers
        if offer.get("kind") == "percent"
    }
    return at is None or rounded <= {at}


_POLICY: Plain = {
    "choice": "best_for_shopper",
    "order_discount_applies_to": "what_is_left",
    "offer_rounding": {"mode": "half_up", "rounds": "discount"},
    "proration": {
        "remainder": "largest_remainder",
        "over": "gross",
        "amount_on_several_lines": "pro_rata",
    },
}
"""The policies that the offers engine follows so far."""


def _key(story: Story) -> str:
    """Return what tells one world from another."""
    first = story.steps[0].posted_at if story.steps else None
    facts = (
        *(story.currency, story.zone, story.prices, story.programme, story.articles),
        *(story.offers, story.stores, story.staff, story.members, story.gift_cards),
        *(story.audiences, story.used, first, sorted(map(repr, _weighed(story)))),
        sorted(_categories(story)),
    )
    return repr(facts)


def _to_the_first_step(stage: Stage) -> None:
    if stage.story.steps:
        stage.scratch.clock.move(to=stage.story.steps[0].posted_at)


def _make(stage: Stage) -> None:
    story, clock = stage.story, stage.scratch.clock
    first = story.steps[0].posted_at if story.steps else clock()
    clock.move(to=_when_offers_began(story, first))
    with stage.begin() as tx:
        publish_programme(tx, document=programme_document(story), proof=SCRATCH)
        _shops(tx, stage)
        _catalogue(tx, stage)
        for offer in story.offers:
            launch(tx, stage, offer)
    clock.move(to=first)
    open_members(stage, first)
    count_used(stage, first)
    with stage.begin() as tx:
        for name, amount in story.gift_cards.items():
            load_gift_card(
                tx,
                gift_card_id=name,
                amount_minor=stage.minor(amount),
                source=f"examples:{name}",
            )


def programme_document(story: Story, given: Plain | None = None) -> dict[str, Any]:
    """Return a programme, by default the story's own, as it is published in its currency."""
    document = dict((story.programme if given is None else given) or EMPTY_PROGRAMME)
    document.setdefault("name", "example")
    document.setdefault("currency", story.currency.code)
    document.setdefault("zone", story.zone)
    return document


def launch(tx: Tx, stage: Stage, offer: Plain) -> None:
    """Put an offer of the file live."""
    document = {"name": offer["id"]} | dict(offer)
    drafted = draft_offer(tx, document=document)
    launch_offer(tx, offer_id=drafted.offer_id)
    stage.cast.offers[drafted.slug] = drafted.offer_id
    stage.cast.slugs[drafted.offer_id] = drafted.slug


def _when_offers_began(story: Story, first: datetime) -> datetime:
    """Return an instant at which no offer of the story is over yet."""
    ends = [as_date(offer["until"]) for offer in story.offers if offer.get("until")]
    earliest = min((datetime.combine(day, time(0), first.tzinfo) for day in ends), default=first)
    return min(first, earliest - timedelta(days=1))


def _shops(tx: Tx, stage: Stage) -> None:
    """Write down the stores; the one that steps mean when they name none is always there."""
    zone = stage.story.zone
    for name in stage.story.stores:
        save_store(tx, store_id=StoreId(name), name=name, zone=zone)
    save_store(tx, store_id=StoreId(DEFAULT_STORE), name=DEFAULT_STORE, zone=zone)
    for name, facts in stage.story.staff.items():
        role = role_of(facts.get("role"))
        store = facts.get("store")
        stage.cast.staff[name] = take_on_staff(
            tx, name=name, role=role, store_id=store, email=_own_address(stage, facts)
        ).staff_id


def _own_address(stage: Stage, facts: Plain) -> str | None:
    """Return the address of staff who are members too: it is how the books know them."""
    own = stage.story.members.get(member := str(facts.get("member") or ""))
    return identity_of(member, own).email if own is not None else None


def role_of(word: object) -> Role:
    """Return the role that a file means; a word that is no role of ours means a cashier."""
    name = str(word or Role.CASHIER).replace("-", "_").lower()
    if name in set(Role):
        return Role(name)
    return _OTHER_WORDS.get(name, Role.CASHIER)


_OTHER_WORDS = {
    "manager": Role.STORE_MANAGER,
    "supervisor": Role.STORE_MANAGER,
    "marketing": Role.MARKETER,
    "customer_service": Role.SUPPORT,
    "service": Role.SUPPORT,
    "administrator": Role.ADMIN,
    "owner": Role.ADMIN,
}
"""Roles as other shops call them."""


def _catalogue(tx: Tx, stage: Stage) -> None:
    """Write down the articles, and every category that occurs anywhere in the file."""
    story = stage.story
    weighed = _weighed(story)
    for category in sorted(_categories(story)):
        save_category(tx, category_id=category, name_fr=category, name_en=category)
    known = dict(story.articles)
    for name in [*_filtered(story.offers, "article"), *_filtered(story.programme, "article")]:
        known.setdefault(name, {"price": "0"})
    save_articles(
        tx,
        articles=[
            _article(stage, name, facts, weighed=name in weighed) for name, facts in known.items()
        ],
    )


def _weighed(story: Story) -> set[str]:
    """Return the articles of which some line sells a part of a unit."""
    return {
        str(line["article"])
        for line in _lines(story)
        if "article" in line and milli(line.get("quantity", 1)) % 1000
    }


def _categories(story: Story) -> set[str]:
    """Return every category that occurs anywhere in the file."""
    named = {str(facts["category"]) for facts in story.articles.values() if "category" in facts}
    named |= {str(line["category"]) for line in _lines(story) if "category" in line}
    return named | {*_filtered(story.offers, "category"), *_filtered(story.programme, "category")}


def _article(stage: Stage, name: str, facts: Plain, *, weighed: bool) -> ArticleFacts:
    labels = facts.get("labels", ())
    return ArticleFacts(
        sku=Sku(name),
        name=str(facts.get("name", name)),
        category=str(facts.get("category", "")),
        price_minor=stage.minor(facts.get("price", "0")),
        tax_bp=tax_bp(facts.get("tax", 0)),
        brand=str(facts.get("brand", "")),
        labels=tuple([labels] if isinstance(labels, str) else labels),
        sold_by=SoldBy.WEIGHT if weighed else SoldBy.UNIT,
    )


def tax_bp(tax: Any) -> int:
    """Return the tax of an article in basis points; of a list, the sum of the rates."""
    if isinstance(tax, list | tuple):
        return sum(tax_bp(one["rate"] if isinstance(one, Mapping) else one) for one in tax)
    return basis_points(tax)


def _lines(story: Story) -> Iterator[Plain]:
    """Yield every line of every basket in the story."""
    for step in story.steps:
        if step.verb in {"purchase", "quote"} and isinstance(step.asked, Mapping):
            yield from step.asked.get("lines", ())


def _filtered(document: Any, key: str) -> Iterator[str]:
    """Yield every value that a filter ``key`` names anywhere in a document."""
    if isinstance(document, Mapping):
        for name, value in document.items():
            if name == key and isinstance(value, str):
                yield value
            elif name == key and isinstance(value, list | tuple):
                yield from (str(one) for one in value if isinstance(one, str))
            else:
                yield from _filtered(value, key)
    elif isinstance(document, list | tuple):
        for one in document:
            yield from _filtered(one, key)
