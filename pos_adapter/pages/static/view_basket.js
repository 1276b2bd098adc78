// The basket as the cashier sees it: lines, what offers take off them, vouchers.

import { money, quantityText, t } from "./boot.js";
import { button, el, icon, replace } from "./dom.js";

/**
 * Draw the basket. `quote` may be null while the server has not answered; shelf prices show then.
 * `act` has setQuantity(line_no, milli), askQuantity(line), dropVoucher(code).
 */
export function drawBasket(list, { sale, quote, fresh, act }) {
  if (sale.lines.length === 0 && sale.vouchers.length === 0) {
    replace(list, emptyBasket());
    return;
  }
  const priced = new Map((quote?.lines ?? []).map((line) => [line.line_no, line]));
  const offers = new Map((quote?.applied ?? []).map((offer) => [offer.offer_id, offer.name]));
  const lines = sale.lines.map((line) =>
    lineItem(line, priced.get(line.line_no), { offers, fresh, act }),
  );
  const vouchers = sale.vouchers.map((code) => voucherItem(code, quote, act));
  replace(list, [...lines, ...vouchers]);
  if (fresh) list.querySelector(".basket__line--new")?.scrollIntoView({ block: "nearest" });
}

function emptyBasket() {
  const steps = document.getElementById("empty-basket").content.cloneNode(true);
  return el("li", { class: "basket__empty" }, steps);
}

function lineItem(line, priced, { offers, fresh, act }) {
  const gross = priced?.gross_minor ?? Math.floor((line.price_minor * line.milli + 500) / 1000);
  const each =
    line.sold_by === "weight"
      ? t("{price} a kilo", { price: money(line.price_minor) })
      : t("{price} each", { price: money(line.price_minor) });
  return el(
    "li",
    {
      class: `basket__line${fresh === line.line_no ? " basket__line--new" : ""}`,
      "data-sku": line.sku,
    },
    el(
      "div",
      { class: "basket__item" },
      el("p", { class: "basket__name" }, line.name),
      el("p", { class: "basket__unit" }, each),
    ),
    stepper(line, act),
    el("p", { class: "basket__amount" }, money(gross)),
    (priced?.shares ?? [])
      .filter((share) => share.amount_minor)
      .map((share) => offerRow(share, offers)),
  );
}

function offerRow(share, offers) {
  return el(
    "p",
    { class: "basket__offer" },
    el("span", {}, offers.get(share.offer_id) ?? ""),
    el("span", { class: "num" }, `−${money(share.amount_minor)}`),
  );
}

function stepper(line, act) {
  const counted = line.sold_by === "unit";
  const single = line.milli <= 1000 || !counted;
  const less = () => act.setQuantity(line.line_no, single ? 0 : line.milli - 1000);
  const more = () =>
    counted ? act.setQuantity(line.line_no, line.milli + 1000) : act.askQuantity(line);
  const values = { name: line.name };
  return el(
    "div",
    { class: "stepper", role: "group", "aria-label": t("How much of {name}", values) },
    small(
      single ? "trash" : "minus",
      single ? t("Take {name} off", values) : t("One less: {name}", values),
      less,
      `less-${line.line_no}`,
    ),
    el(
      "button",
      {
        type: "button",
        class: "stepper__value",
        "data-focus": `much-${line.line_no}`,
        "aria-label": t("Change the quantity of {name}: {quantity}", {
          ...values,
          quantity: quantityText(line.milli, line.sold_by),
        }),
        on: { click: () => act.askQuantity(line) },
      },
      quantityText(line.milli, line.sold_by),
    ),
    small(
      counted ? "plus" : "edit",
      counted ? t("One more: {name}", values) : t("Weigh again: {name}", values),
      more,
      `more-${line.line_no}`,
    ),
  );
}

function small(iconName, label, press, focus) {
  return el(
    "button",
    {
      type: "button",
      "aria-label": label,
      title: label,
      "data-focus": focus,
      on: { click: press },
    },
    icon(iconName),
  );
}

function voucherItem(code, quote, act) {
  const taken = quote?.vouchers.find((voucher) => voucher.code === code);
  return el(
    "li",
    { class: "basket__line basket__line--voucher" },
    el(
      "div",
      { class: "basket__item" },
      el("p", { class: "basket__name" }, t("Voucher")),
      el("p", { class: "basket__unit code" }, `… ${code.slice(-4)}`),
    ),
    button(t("Take the voucher off"), {
      kind: "quiet",
      iconName: "trash",
      iconOnly: true,
      press: () => act.dropVoucher(code),
      "data-focus": `voucher-${code}`,
    }),
    el("p", { class: "basket__amount" }, taken ? `−${money(taken.taken_minor)}` : "…"),
  );
}
