// Who is buying, what this basket earns her, which offers work and which nearly do.

import { boot, money, number, points, t } from "./boot.js";
import { button, el, icon, replace, tierBadge } from "./dom.js";

const MOST_NEAR_MISSES = 3;

/**
 * Draw the member's panel; `offers` work for her before anything is scanned; `act` has
 * typeCode() and dropCard().
 */
export function drawMember(panel, { quote, member, offers: ready, act }) {
  dress(panel, member?.level);
  const list = quote ? offers(quote) : member ? readyOffers(ready) : null;
  replace(panel, member ? whoIsBuying(member, quote, act) : nobodyYet(quote, act), list);
}

/** Draw the member's panel of a settled sale; `answer` is null until the server has answered. */
export function drawServed(panel, { quote, answer }) {
  const { member } = quote;
  dress(panel, answer?.tier?.level ?? member?.level);
  replace(
    panel,
    member ? served(member, answer) : el("p", { class: "soft" }, t("Sold without a card.")),
    offers({ ...quote, not_applied: [] }),
  );
}

function dress(panel, level) {
  panel.className = `till__member${level ? ` till__member--${shade(level)}` : ""}`;
}

function served(member, answer) {
  const tier = answer?.tier ?? member;
  return el(
    "div",
    { class: "member-line" },
    el(
      "div",
      {},
      el("h2", { class: "member-line__name" }, member.display_name),
      el("p", { class: "soft" }, points(answer?.balance ?? member.balance)),
    ),
    tierBadge(tier.level, tier.level_name),
  );
}

const shade = (level) => (["gold", "platinum"].includes(level) ? level : "base");

function nobodyYet(quote, act) {
  const missed = quote?.points_with_card ?? 0;
  return [
    el(
      "div",
      { class: "till__nobody" },
      icon("qr"),
      el(
        "div",
        {},
        el("h2", {}, t("No card yet")),
        el(
          "p",
          { class: "soft small" },
          missed > 0
            ? t("With a card this purchase would earn {points}.", { points: points(missed) })
            : t("Scan it at any time before payment: the whole basket counts."),
        ),
      ),
    ),
    el(
      "div",
      { class: "row" },
      button(t("Type the code"), {
        iconName: "keyboard",
        press: act.typeCode,
        "data-focus": "type-code",
      }),
      el(
        "a",
        { class: "btn btn--quiet", href: boot.urls.join },
        icon("plus"),
        el("span", {}, t("Join now")),
      ),
    ),
  ];
}

function whoIsBuying(member, quote, act) {
  return [
    el(
      "div",
      { class: "member-line" },
      el(
        "div",
        {},
        el("h2", { class: "member-line__name" }, member.display_name),
        el("p", { class: "soft" }, points(member.balance)),
      ),
      el(
        "div",
        { class: "member-line__end" },
        tierBadge(member.level, member.level_name),
        button(t("Another card"), {
          kind: "quiet",
          iconName: "x",
          iconOnly: true,
          press: act.dropCard,
          "data-focus": "drop-card",
        }),
      ),
    ),
    el(
      "p",
      { class: "earns" },
      el("span", {}, t("This purchase earns")),
      el("span", { class: "num", id: "earns" }, quote ? `+${number(quote.earned.points)}` : "…"),
    ),
    quote ? nextStep(quote) : null,
  ];
}

/** One line on the stairs: what is missing to the next tier, or that this purchase reaches it. */
function nextStep(quote) {
  if (quote.reaches) {
    return el(
      "p",
      { class: "till__reaches" },
      icon("stairs"),
      el("span", {}, t("This purchase reaches {tier}", { tier: quote.reaches_name })),
    );
  }
  const tier = quote.member?.tier;
  if (!tier?.next_level) return null;
  const left = { amount: money(tier.to_next_minor), tier: tier.next_level_name };
  return el(
    "p",
    { class: "soft small till__next" },
    icon("stairs"),
    el("span", {}, t("{amount} to {tier}", left)),
  );
}

function offers({ applied, not_applied: refused }) {
  const missed = refused.filter((offer) => offer.missing).slice(0, MOST_NEAR_MISSES);
  if (!applied.length && !missed.length) return null;
  return offersList(
    applied.map((offer) =>
      el(
        "li",
        { class: "offers-list__on" },
        icon("check"),
        el("span", {}, offer.name),
        el("b", { class: "num" }, worth(offer)),
      ),
    ),
    missed.map((offer) =>
      el(
        "li",
        { class: "offers-list__near" },
        icon("tag"),
        el("span", {}, el("span", {}, offer.name), el("small", {}, offer.missing)),
      ),
    ),
  );
}

/** The offers that will work for her, before there is a basket. */
function readyOffers(ready) {
  if (!ready.length) return null;
  return offersList(
    ready.map((offer) =>
      el("li", {}, icon("tag"), el("span", {}, offer.name), el("b", { class: "num" }, offer.value)),
    ),
  );
}

function offersList(...items) {
  return el(
    "section",
    { class: "till__offers", "aria-label": t("Offers") },
    el("ul", { class: "offers-list" }, ...items),
  );
}

function worth({ discount_minor: discount, points: extra }) {
  return [discount ? `−${money(discount)}` : "", extra ? `+${points(extra)}` : ""]
    .filter(Boolean)
    .join(" ");
}
