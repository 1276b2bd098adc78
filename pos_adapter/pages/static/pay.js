// Taking the payment: by card, or in cash with the change worked out. Only a record: no money
// moves here.

import { boot, money, t } from "./boot.js";
import { button, el, replace } from "./dom.js";

const NOTES = [500, 1000, 2000, 5000, 10000];
const MOST_CHOICES = 5;

/** Ask how `due` is paid. Resolves to {tenders, change_minor}; null when the cashier goes back. */
export function askPayment(dialog, due) {
  return new Promise((resolve) => {
    const done = (result) => {
      dialog.removeEventListener("close", closed);
      if (dialog.open) dialog.close();
      resolve(result);
    };
    const closed = () => resolve(null);
    dialog.addEventListener("close", closed, { once: true });
    dialog.querySelector("[data-due]").textContent = money(due);
    replace(dialog.querySelector("[data-ways]"), due === 0 ? covered(done) : ways(due, done));
    dialog.showModal();
    dialog.querySelector("[data-ways] button").focus();
  });
}

function covered(done) {
  return [
    el("p", { class: "pay__hint" }, t("The vouchers cover it all.")),
    button(t("Finish the sale"), {
      kind: "primary large block",
      press: () => done({ tenders: [], change_minor: 0 }),
    }),
  ];
}

function ways(due, done) {
  const card = () => done({ tenders: [{ kind: "card", amount_minor: due }], change_minor: 0 });
  const cash = (received) =>
    done({ tenders: [{ kind: "cash", amount_minor: due }], change_minor: received - due });
  return [
    button(t("Card"), {
      kind: "primary large block",
      iconName: "card",
      press: card,
      id: "pay-card",
    }),
    el(
      "fieldset",
      { class: "pay__cash" },
      el("legend", {}, t("Cash received")),
      el(
        "div",
        { class: "pay__notes" },
        received(due).map((amount) =>
          button(amount === due ? t("Exactly") : money(amount), {
            kind: "large",
            press: () => cash(amount),
            "data-cash": amount,
          }),
        ),
      ),
    ),
    otherAmount(due, cash),
  ];
}

/** What people hand over: the exact amount, the next round one, and the notes above it. */
function received(due) {
  const unit = 10 ** boot.minor_digits;
  const rounds = [due, Math.ceil(due / unit) * unit, ...NOTES.map((note) => (note / 100) * unit)];
  return [...new Set(rounds.filter((amount) => amount >= due))]
    .sort((a, b) => a - b)
    .slice(0, MOST_CHOICES);
}

function otherAmount(due, cash) {
  const input = el("input", {
    class: "input",
    inputmode: "decimal",
    id: "pay-other",
    autocomplete: "off",
  });
  const error = el(
    "p",
    { class: "field__error", hidden: true },
    t("That is less than what is due."),
  );
  const take = (event) => {
    event.preventDefault();
    const amount = minorOf(input.value);
    error.hidden = amount !== null && amount >= due;
    if (error.hidden) cash(amount);
    else input.setAttribute("aria-invalid", "true");
  };
  return el(
    "form",
    { class: "pay__other", novalidate: true, on: { submit: take } },
    el("label", { class: "field__label", for: "pay-other" }, t("Another amount")),
    error,
    el(
      "div",
      { class: "input-group" },
      input,
      el("button", { class: "btn", type: "submit" }, t("Take")),
    ),
  );
}

/** Read an amount as people type it: 20, 20.5 or 20,50; null when it is not one. */
export function minorOf(text) {
  const match = /^\s*([0-9]{1,7})(?:[.,]([0-9]{1,3}))?\s*$/.exec(text);
  if (!match) return null;
  const digits = (match[2] ?? "").padEnd(boot.minor_digits, "0");
  if (digits.length > boot.minor_digits) return null;
  return Number(match[1]) * 10 ** boot.minor_digits + Number(digits || 0);
}
