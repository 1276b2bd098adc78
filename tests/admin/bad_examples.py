"""A small shop as a worked example, and what can be wrong with it."""

from __future__ import annotations

START = """\
example: a shop
currency: EUR
programme: preset:three-tier-grocer
articles:
  bread: {price: "1.20", tax: 5.5, category: bakery, brand: maison, labels: [fresh]}
  teapot: {price: "24.00", tax: 20, category: home}
offers:
  - {id: friday-bread, kind: points_bonus, points: 1, per: unit, article: bread}
stores: {lyon: {tills: [t1, t2]}}
staff: {cleo: {role: cashier, store: lyon}}
members:
  ada: {tier: base, wallets: {points: 40}}
steps:
  - at: 2026-03-06 17:40
    purchase: {as: r1, till: t1, member: ada, lines: [{article: bread}]}
    expect: {total: "1.20"}
"""

BAD = [
    # (what is replaced, by what, line, path, suggestion)
    ("example: a shop", "exmaple: a shop", 1, "exmaple", "example"),
    ("currency: EUR", "currency: {code: EUR, digits: 2}", 2, "currency.digits", "minor_digits"),
    ("currency: EUR", "zone: Europe/Pari", 2, "zone", "Europe/Paris"),
    ("currency: EUR", "prices: tax included", 2, "prices", "tax_included"),
    ("currency: EUR", "tags: {a: b}", 2, "tags", ""),
    ("currency: EUR", "currency: JPY", 5, "articles.bread.price", ""),
    ("preset:three-tier-grocer", "preset:three-tier-grocery", 3, "programme",
     "preset:three-tier-grocer"),
    ("preset:three-tier-grocer", "three-tier-grocer", 3, "programme", "preset:three-tier-grocer"),
    ("preset:three-tier-grocer", "programmes/none.yaml", 3, "programme", ""),
    ("preset:three-tier-grocer", "{wallets: {points: {expiry: never}}}", 3,
     "programme.wallets.points.expiry", ""),
    ("preset:three-tier-grocer", "preset:three-tier-grocer\nwith: {roundng: floor}", 4,
     "with.roundng", "rounding"),
    ("preset:three-tier-grocer", "preset:three-tier-grocer\nwith: {rounding: flor}", 4,
     "with.rounding", "floor"),
    ("preset:three-tier-grocer", "preset:three-tier-grocer\nwith: {choice: {in_order: [friday]}}",
     4, "with.choice.in_order[0]", "friday-bread"),
    ("preset:three-tier-grocer",
     "preset:three-tier-grocer\nwith: {earn: [{id: a, points: 1, per: unit, category: bakrey}]}",
     4, "with.earn[0].category[0]", "bakery"),
    ('price: "1.20"', "price: 1.2", 5, "articles.bread.price", '"1.20"'),
    ('price: "1.20"', 'price: "1.205"', 5, "articles.bread.price", ""),
    ('price: "1.20"', 'pirce: "1.20"', 5, "articles.bread.pirce", "price"),
    ("tax: 5.5", 'tax: "5,5"', 5, "articles.bread.tax", "5.5"),
    ("tax: 5.5", "tax: [{rat: 5}]", 5, "articles.bread.tax[0].rat", "rate"),
    ("kind: points_bonus", "kind: point_bonus", 8, "offers[0].kind", "points_bonus"),
    ("kind: points_bonus, ", "", 8, "offers[0]", ""),
    ("points: 1, per", "percent: 10, points: 1, per", 8, "offers[0].percent", ""),
    ("article: bread}", "article: braed}", 8, "offers[0].article[0]", "bread"),
    ("article: bread}", "article: bread, weekdays: [friday]}", 8, "offers[0].weekdays[0]", "fri"),
    ("article: bread}", "article: bread, conditions: {weekdays: [fri]}}", 8,
     "offers[0].conditions.weekdays", ""),
    ("article: bread}", "article: bread, limit: {members: 1}}", 8, "offers[0].limit.members",
     "member"),
    ("article: bread}", "article: bread, wallet: point}", 8, "offers[0].wallet", "points"),
    ("article: bread}", "article: bread, from: 2026-02-29}", 8, "offers[0].from", ""),
    ("article: bread}\n", "article: bread}\n  - {id: friday-bread, kind: percent, percent: 5}\n",
     9, "offers[1].id", ""),
    ("tills: [t1, t2]", "till: [t1, t2]", 9, "stores.lyon.till", "tills"),
    ("tier: base, wallets", "tier: bas, wallets", 12, "members.ada.tier", "base"),
    ("wallets: {points: 40}", "wallets: {point: 40}", 12, "members.ada.wallets.point", "points"),
    ("wallets: {points: 40}", "lots: [{wallet: points}]", 12, "members.ada.lots[0]", ""),
    ("wallets: {points: 40}", 'history: {spent: "5.00"}', 12, "members.ada.history.spent",
     "spend"),
    ("wallets: {points: 40}", "joined: 2025-11-31", 12, "members.ada.joined", ""),
    ("at: 2026-03-06 17:40", "at: 2026-03-29 02:30", 14, "steps[0].at", "2026-03-29 03:30"),
    ("at: 2026-03-06 17:40", "at: 06/03/2026", 14, "steps[0].at", ""),
    ("at: 2026-03-06 17:40", "note: no time", 14, "steps[0]", ""),
    ("member: ada,", "member: aada,", 15, "steps[0].purchase.member", "ada"),
    ("member: ada,", "customer: ada,", 15, "steps[0].purchase.customer", "member"),
    ("[{article: bread}]", "[{article: tepot}]", 15, "steps[0].purchase.lines[0].article",
     "teapot"),
    ("[{article: bread}]", "[{quantity: 2}]", 15, "steps[0].purchase.lines[0]", ""),
    ("[{article: bread}]", "[{product: bread}]", 15, "steps[0].purchase.lines[0].product",
     "article"),
    ("[{article: bread}]", "[{article: bread, kind: gift}]", 15,
     "steps[0].purchase.lines[0].kind", "gift_card"),
    ("[{article: bread}]", "[{article: bread}], tenders: [{kind: credit_card}]", 15,
     "steps[0].purchase.tenders[0].kind", "gift_card"),
    ("[{article: bread}]", "[{article: bread}], redeem: {reward: mug}", 15,
     "steps[0].purchase.redeem[0].reward", ""),
    ("[{article: bread}]", "[{article: bread}], activate: friday", 15,
     "steps[0].purchase.activate[0]", "friday-bread"),
    ("purchase:", "purchas:", 15, "steps[0].purchas", "purchase"),
    ("    purchase: ", "    note: ", 15, "steps[0].note", ""),
    ("    expect:", "    quote: {lines: [bread]}\n    expect:", 16, "steps[0].quote", ""),
    ("    expect:", "    any_order: [lines]\n    repeat: 2\n    expect:", 16,
     "steps[0].any_order", ""),
    ('{total: "1.20"}', "{total: 1.2}", 16, "steps[0].expect.total", '"1.20"'),
    ('{total: "1.20"}', '{totl: "1.20"}', 16, "steps[0].expect.totl", "total"),
    ('{total: "1.20"}', "{applied: [friday-bred]}", 16, "steps[0].expect.applied[0]",
     "friday-bread"),
    ('{total: "1.20"}', "{earned_by: {friday-bred: 1}}", 16,
     "steps[0].expect.earned_by.friday-bred", "friday-bread"),
    ('{total: "1.20"}', "{earned: {point: 1}}", 16, "steps[0].expect.earned.point", "points"),
    ('{total: "1.20"}', "{balance: {ada: {point: 1}}}", 16, "steps[0].expect.balance.ada.point",
     "points"),
    ('{total: "1.20"}', '{lines: {bread: {payed: "1.20"}}}', 16,
     "steps[0].expect.lines.bread.payed", "paid"),
    ('{total: "1.20"}', "{tier: platinm}", 16, "steps[0].expect.tier", "platinum"),
    ('{total: "1.20"}', "{books: right}", 16, "steps[0].expect.books", ""),
    ('{total: "1.20"}', "{unchanged: no}", 16, "steps[0].expect.unchanged", "false"),
    ('{total: "1.20"}', "{total: }", 16, "steps[0].expect.total", ""),
]  # fmt: skip
BAD_STEPS = [
    ("return: {of: r2, lines: [bread]}", "return.of", "r1"),
    ("return: {of: r1, lines: [{article: bred}]}", "return.lines[0].article", "bread"),
    ("return: {of: r1, all: true}", "return.all", ""),
    ("adjust: {member: ada, amount: 1.5}", "adjust.amount", '"1.5"'),
    ("transfer: {from: ada, to: bob, amount: 5}", "transfer.to", ""),
    ("run: expirey", "run", "expiry"),
    ("run: {job: expiry, as_off: 2026-03-09}", "run.as_off", "as_of"),
    ("assign_tier: {member: ada, tier: glod}", "assign_tier.tier", "gold"),
    ("offer: {activate: friday-bred, member: ada}", "offer.activate", "friday-bread"),
    ("event: {member: ada}", "event", ""),
    ("message: {member: ada, channel: mail, message: hi}", "message.channel", "email"),
    ("publish: {programme: {earn: [{id: a, points: 1}]}}", "publish.programme.earn[0]", ""),
    ("publish: {offer: {id: a, kind: percent, percent: 110}}", "publish.offer.percent", ""),
    ("merge: {survivor: ada, source: ben}", "merge.source", ""),
    ("repeat: 0, run: expiry", "repeat", ""),
    ('allocate: {amount: "1.00", weights: [1]}', "allocate.amount", "1"),
]
