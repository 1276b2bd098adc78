// After the payment: what it earned, where the member stands now, and the receipt.

import {
  boot,
  dayBefore,
  dayText,
  money,
  number,
  points,
  quantityIn,
  quantityText,
  t,
  tn,
} from "./boot.js";
import { el, factLines, icon, replace, tierBadge } from "./dom.js";

/** Draw a settled sale. `done` is {sale, quote, answer, change}; answer null: not answered yet. */
export function drawDone(panel, done) {
  replace(panel, el("div", { class: "settled" }, summary(done), receipt(done)));
}

/** What a screen reader says about it, in one go. */
export function doneText({ quote, answer, change_minor: change }) {
  const parts = [t("Paid: {amount}", { amount: money(quote.due_minor) })];
  if (change) parts.push(t("Change: {amount}", { amount: money(change) }));
  if (!answer) parts.push(t("Kept on this till. Points will be added later."));
  else if (answer.balance !== null) {
    parts.push(
      t("Earned: {points}", { points: points(answer.earned.points) }),
      t("New balance: {points}", { points: points(answer.balance) }),
    );
    if (rose(answer)) parts.push(t("Welcome to {tier}", { tier: answer.tier.level_name }));
  }
  return parts.join(". ");
}

const rose = (answer) =>
  answer.tier !== null && answer.tier_before !== null && answer.tier_before !== answer.tier.level;

function summary({ quote, answer, change_minor: change }) {
  const children = [
    el("span", { class: "done__mark" }, icon("check")),
    el("h2", {}, t("Paid: {amount}", { amount: money(quote.due_minor) })),
    change
      ? el("p", { class: "done__change" }, t("Change: {amount}", { amount: money(change) }))
      : null,
  ];
  if (!answer)
    children.push(
      el(
        "p",
        { class: "alert alert--warn" },
        icon("clock"),
        el("span", {}, t("Kept on this till. Points will be added later.")),
      ),
    );
  else if (answer.balance !== null)
    children.push(rose(answer) ? celebration(answer, quote) : null, earned(answer));
  return el("section", { class: "done", "aria-label": t("Result") }, children.filter(Boolean));
}

function celebration(answer, quote) {
  return el(
    "div",
    { class: `rise rise--${answer.tier.level}` },
    el(
      "div",
      { class: "rise__stairs", "aria-hidden": "true" },
      [1, 2, 3, 4].map(() => el("i")),
    ),
    el("p", { class: "rise__title" }, t("Welcome to {tier}", { tier: answer.tier.level_name })),
    el("p", {}, t("{name} has just climbed a step.", { name: quote.member?.display_name ?? "" })),
  );
}

function earned(answer) {
  const rows = [
    [t("Earned"), `+${number(answer.earned.points)}`],
    [t("New balance"), points(answer.balance)],
  ];
  const { tier } = answer;
  return el(
    "div",
    { class: "done__points" },
    factLines(rows),
    tier
      ? el(
          "p",
          { class: "done__tier" },
          tierBadge(tier.level, tier.level_name),
          el("span", {}, whatNext(tier)),
        )
      : null,
    newVouchers(answer.vouchers),
  );
}

/** Vouchers that this purchase brought, those of one kind together. */
function newVouchers(vouchers) {
  const alike = groupBy(vouchers, (voucher) => `${voucher.value_minor} ${voucher.expires_on}`);
  return [...alike.values()].map((group) => {
    const [{ value_minor: value, expires_on: gone }] = group;
    const values = { amount: money(value), day: dayText(dayBefore(gone)) };
    const text = tn(
      "New voucher: {amount}, until {day}",
      "{n} new vouchers of {amount}, until {day}",
      group.length,
      values,
    );
    return el("p", { class: "done__voucher" }, icon("voucher"), el("span", {}, text));
  });
}

function groupBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

function whatNext(tier) {
  if (tier.next_level)
    return t("{amount} to {tier}", {
      amount: money(tier.to_next_minor),
      tier: tier.next_level_name,
    });
  return tier.kept_until_on ? t("Kept until {day}", { day: dayText(tier.kept_until_on) }) : "";
}

function receipt({ sale, quote, answer }) {
  const { business_on, sequence } = sale.number;
  return el(
    "section",
    { class: "receipt", "aria-label": t("Receipt") },
    el("p", { class: "strong" }, boot.store_name),
    el(
      "p",
      { class: "soft small" },
      [dayText(business_on), boot.till, t("Receipt {number}", { number: sequence })].join(" · "),
    ),
    el(
      "ul",
      { class: "receipt__lines" },
      quote.lines.map((line) => receiptLine(line, sale)),
    ),
    quote.discount_minor ? row(t("Offers"), `−${money(quote.discount_minor)}`) : null,
    quote.voucher_minor ? row(t("Vouchers"), `−${money(quote.voucher_minor)}`) : null,
    row(t("Total"), money(quote.due_minor), "receipt__line--total"),
    answer ? receiptCode(answer.receipt_code) : null,
  );
}

function receiptLine(line, sale) {
  const sold = sale.lines.find((found) => found.line_no === line.line_no);
  const much = quantityText(quantityIn(line.quantity), sold?.sold_by ?? "unit");
  return el(
    "li",
    { class: "receipt__line" },
    el("span", {}, `${much} × ${line.name}`),
    el("span", {}, money(line.gross_minor)),
  );
}

function row(label, amount, extra = "") {
  return el(
    "p",
    { class: `receipt__line ${extra}` },
    el("span", {}, label),
    el("span", {}, amount),
  );
}

function receiptCode(code) {
  const url = boot.urls.receipt_code.replace("CODE", code);
  return el(
    "figure",
    { class: "receipt__code" },
    el("img", { src: url, alt: t("Code for a return"), width: 132, height: 132 }),
    el("figcaption", { class: "soft small" }, t("Scan this for a return")),
  );
}
