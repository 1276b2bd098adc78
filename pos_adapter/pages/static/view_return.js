// A receipt on the returns page: what was sold, what comes back, and what that brought about.

import { dayText, money, number, points, quantityIn, quantityText, t } from "./boot.js";
import { button, el, factLines, icon, tierBadge } from "./dom.js";

/** What stands there before a receipt was found. */
export function noReceiptYet() {
  return el(
    "div",
    { class: "till__nobody till__nobody--wide" },
    icon("receipt"),
    el(
      "p",
      { class: "soft" },
      t("Scan the code at the foot of the receipt. Without it, type the receipt's number."),
    ),
  );
}

/** A receipt with what comes back of it; `back` maps lines to thousandths. */
export function soldView(sold, back, act) {
  return [
    el(
      "div",
      { class: "return__head" },
      el(
        "div",
        {},
        el("h2", {}, t("Receipt {number}", { number: sold.sequence })),
        el(
          "p",
          { class: "soft small" },
          [dayText(sold.business_on), sold.store_id, sold.till, money(sold.due_minor)].join(" · "),
        ),
      ),
      button(t("Everything"), { iconName: "return", press: act.all, "data-focus": "all" }),
    ),
    el(
      "ol",
      { class: "basket" },
      sold.lines.map((line) => lineItem(line, back.get(line.line_no) ?? 0, act)),
    ),
  ];
}

function lineItem(line, chosen, act) {
  const left = leftOf(line);
  const soldBy = quantityIn(line.quantity) % 1000 ? "weight" : "unit";
  const returned = quantityIn(line.returned);
  const bought = t("Sold: {quantity}", {
    quantity: quantityText(quantityIn(line.quantity), soldBy),
  });
  const already = returned
    ? ` · ${t("Back already: {quantity}", { quantity: quantityText(returned, soldBy) })}`
    : "";
  return el(
    "li",
    { class: `basket__line${chosen ? " basket__line--back" : ""}` },
    el(
      "div",
      { class: "basket__item" },
      el("p", { class: "basket__name" }, line.name),
      el("p", { class: "basket__unit" }, bought + already),
    ),
    left > 0
      ? stepper(line, { left, chosen, soldBy, act })
      : el("span", { class: "soft small" }, t("All back")),
    el("p", { class: "basket__amount" }, money(line.paid_minor)),
  );
}

function stepper(line, { left, chosen, soldBy, act }) {
  const step = soldBy === "unit" || left === Infinity ? 1000 : left;
  const control = (name, iconName, label, milli, disabled) =>
    el(
      "button",
      {
        type: "button",
        "aria-label": label,
        title: label,
        disabled,
        "data-focus": `${name}-${line.line_no}`,
        on: { click: () => act.set(line.line_no, milli) },
      },
      icon(iconName),
    );
  return el(
    "div",
    {
      class: "stepper",
      role: "group",
      "aria-label": t("How much of {name} comes back", { name: line.name }),
    },
    control(
      "less",
      "minus",
      t("One less: {name}", { name: line.name }),
      chosen - step,
      chosen === 0,
    ),
    el("output", {}, quantityText(chosen, soldBy)),
    control(
      "more",
      "plus",
      t("One more: {name}", { name: line.name }),
      Math.min(left, chosen + step),
      chosen >= left,
    ),
  );
}

/** What stands there before anything was scanned without a receipt. */
export function nothingYet() {
  return el(
    "div",
    { class: "till__nobody till__nobody--wide" },
    icon("return"),
    el("p", { class: "soft" }, t("Scan what comes back, or type its name.")),
  );
}

/** An article that comes back without a receipt, at today's price. */
export function looseLine({ article, milli }, set) {
  const line = { line_no: article.sku, name: article.name };
  const act = { set: (_, chosen) => set(chosen) };
  const worth = Math.round((article.price_minor * milli) / 1000);
  return el(
    "li",
    { class: "basket__line basket__line--back" },
    el(
      "div",
      { class: "basket__item" },
      el("p", { class: "basket__name" }, article.name),
      el("p", { class: "basket__unit" }, unitPrice(article)),
    ),
    stepper(line, { left: Infinity, chosen: milli, soldBy: article.sold_by, act }),
    el("p", { class: "basket__amount" }, money(worth)),
  );
}

/** On whose card it comes back: points leave hers. */
export function whoseCard(member) {
  if (!member) return el("p", { class: "soft small" }, t("Scan the member's card: points follow."));
  return el(
    "div",
    { class: "stack stack--tight" },
    el("strong", {}, member.display_name),
    el("span", { class: "soft" }, points(member.balance)),
  );
}

function unitPrice(article) {
  const price = money(article.price_minor);
  return article.sold_by === "weight"
    ? t("{price} a kilo", { price })
    : t("{price} each", { price });
}

/** How much of a line can still come back, in thousandths. */
export const leftOf = (line) => quantityIn(line.quantity) - quantityIn(line.returned);

/** What a return has brought about. */
export function resultView(answer) {
  const rows = [[t("Money handed back"), money(answer.refund_minor)]];
  if (answer.on_gift_card_minor)
    rows.push([t("Put on the gift card"), money(answer.on_gift_card_minor)]);
  if (answer.balance !== null)
    rows.push(
      [t("Points taken back"), number(answer.points)],
      [t("New balance"), points(answer.balance)],
    );
  if (answer.offers_given_back.length)
    rows.push([t("Offers that can be used again"), number(answer.offers_given_back.length)]);
  if (answer.restored_vouchers)
    rows.push([t("Vouchers that can be used again"), number(answer.restored_vouchers)]);
  if (answer.cancelled_vouchers)
    rows.push([t("Vouchers taken back"), number(answer.cancelled_vouchers)]);
  return el(
    "section",
    { class: "done", "aria-label": t("Result") },
    el("span", { class: "done__mark" }, icon("check")),
    el("h2", {}, t("Hand back {amount}", { amount: money(answer.refund_minor) })),
    el(
      "div",
      { class: "done__points" },
      factLines(rows),
    ),
    answer.tier
      ? el(
          "p",
          { class: "done__tier" },
          tierBadge(answer.tier.level, answer.tier.level_name),
          el("span", {}, t("{amount} this year", { amount: money(answer.tier.spend_minor) })),
        )
      : null,
  );
}
