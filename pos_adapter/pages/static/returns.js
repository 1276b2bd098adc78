// Taking articles back: find the receipt, say what comes back, hand the money over.

import { ask, problemText, slugOf } from "./api.js";
import { boot, dayText, money, now, number, points, quantityIn, quantityOut, quantityText, t } from "./boot.js";
import { announce, button, el, icon, replace, tierBadge } from "./dom.js";
import { clearNotice, notice } from "./notice.js";
import { catchUp, takeNumber } from "./numbers.js";
import { busyMark, scanQueue } from "./queue.js";
import { PatientReader } from "./repair.js";
import { scanDialog } from "./scan_dialog.js";
import { beep } from "./sound.js";
import { load, save } from "./storage.js";
import { hearScanner } from "./wedge.js";

const $ = (id) => document.getElementById(id);

class Returns {
  constructor() {
    this.sold = null;
    this.back = new Map();
    this.busy = false;
    this.refunded = null;
    this.draw();
  }

  async find(path) {
    if (this.busy) return;
    const answer = await ask(path);
    if (!answer.ok) {
      beep(false);
      return this.refuse(answer.problem);
    }
    beep(true);
    clearNotice();
    this.sold = answer.data;
    this.back = new Map();
    this.refunded = null;
    this.draw();
    announce(t("Receipt {number}: choose what comes back", { number: this.sold.sequence }));
  }

  set(lineNo, milli) {
    if (milli > 0) this.back.set(lineNo, milli);
    else this.back.delete(lineNo);
    this.draw();
  }

  all() {
    for (const line of this.sold.lines) {
      const left = leftOf(line);
      if (left > 0) this.back.set(line.line_no, left);
    }
    this.draw();
  }

  /** About what will be handed back: the server knows to the cent, share by share. */
  get estimate() {
    if (!this.sold) return 0;
    return this.sold.lines.reduce((sum, line) => sum + Math.round((line.paid_minor * (this.back.get(line.line_no) ?? 0)) / quantityIn(line.quantity)), 0);
  }

  /** Hand the return in; the same number again until it is answered. */
  async handIn() {
    if (this.busy || !this.back.size) return;
    this.busy = true;
    this.drawTotal();
    const answer = await ask("/returns", this.claim());
    this.busy = false;
    if (answer.ok) this.finish(answer.data);
    else await this.notTaken(answer.problem);
    this.drawTotal();
  }

  claim() {
    const kept = load("return", null);
    const content = {
      purchase_id: this.sold.purchase_id,
      lines: [...this.back].map(([line_no, milli]) => ({ line_no, quantity: quantityOut(milli) })),
    };
    if (kept && JSON.stringify(kept.content) === JSON.stringify(content)) return kept.body;
    const body = { ...takeNumber(), occurred_at: now().toISOString(), ...content };
    save("return", { content, body });
    return body;
  }

  finish(answer) {
    save("return", undefined);
    beep(true);
    clearNotice();
    this.sold = null;
    this.back = new Map();
    $("return").dataset.view = "done";
    replace($("sold"), resultView(answer));
    announce(t("Hand back {amount}", { amount: money(answer.refund_minor) }));
    this.refunded = answer.refund_minor;
    $("receipt").focus();
    scrollTo(0, 0);
  }

  async notTaken(problem) {
    beep(false);
    if (slugOf(problem) === "sale-conflict") {
      save("return", undefined);
      await catchUp();
    } else if (problem.status >= 400 && problem.status < 500) save("return", undefined);
    this.refuse(problem);
  }

  refuse(problem) {
    const { title, text } = problemText(problem);
    notice({ kind: "bad", title, text });
  }

  draw() {
    $("return").dataset.view = this.sold ? "choose" : "find";
    replace($("sold"), this.sold ? this.lines() : this.nothingYet());
    this.drawTotal();
  }

  nothingYet() {
    return el("div", { class: "till__nobody till__nobody--wide" }, icon("receipt"),
      el("p", { class: "soft" }, t("Scan the code at the foot of the receipt. Without it, type the receipt's number.")));
  }

  lines() {
    const { sold } = this;
    return [
      el("div", { class: "return__head" },
        el("div", {},
          el("h2", {}, t("Receipt {number}", { number: sold.sequence })),
          el("p", { class: "soft small" }, `${dayText(sold.business_on)} · ${sold.store_id} · ${sold.till} · ${money(sold.due_minor)}`)),
        button(t("Everything"), { iconName: "return", press: () => this.all(), "data-focus": "all" })),
      el("ol", { class: "basket" }, sold.lines.map((line) => this.line(line))),
    ];
  }

  line(line) {
    const left = leftOf(line);
    const chosen = this.back.get(line.line_no) ?? 0;
    const soldBy = quantityIn(line.quantity) % 1000 ? "weight" : "unit";
    const returned = quantityIn(line.returned);
    const sold = t("Sold: {quantity}", { quantity: quantityText(quantityIn(line.quantity), soldBy) });
    const back = returned ? ` · ${t("Back already: {quantity}", { quantity: quantityText(returned, soldBy) })}` : "";
    return el("li", { class: `basket__line${chosen ? " basket__line--back" : ""}` },
      el("div", { class: "basket__item" },
        el("p", { class: "basket__name" }, line.name),
        el("p", { class: "basket__unit" }, sold + back)),
      left > 0 ? this.stepper(line, { left, chosen, soldBy }) : el("span", { class: "soft small" }, t("All back")),
      el("p", { class: "basket__amount" }, money(line.paid_minor)));
  }

  stepper(line, { left, chosen, soldBy }) {
    const step = soldBy === "unit" ? 1000 : left;
    const control = (name, iconName, label, milli, disabled) => el("button", {
      type: "button", "aria-label": label, title: label, disabled, "data-focus": `${name}-${line.line_no}`,
      on: { click: () => this.set(line.line_no, milli) },
    }, icon(iconName));
    return el("div", { class: "stepper", role: "group", "aria-label": t("How much of {name} comes back", { name: line.name }) },
      control("less", "minus", t("One less: {name}", { name: line.name }), chosen - step, chosen === 0),
      el("output", {}, quantityText(chosen, soldBy)),
      control("more", "plus", t("One more: {name}", { name: line.name }), Math.min(left, chosen + step), chosen >= left));
  }

  drawTotal() {
    $("total-label").textContent = this.refunded === null ? t("To hand back, about") : t("To hand back");
    $("total-amount").textContent = money(this.refunded ?? this.estimate);
    replace($("total-actions"), button(t("Take back"), {
      kind: "primary", press: () => follow(this.handIn()), disabled: !this.back.size || this.busy, "aria-busy": String(this.busy), id: "take-back", "data-focus": "take",
    }));
  }
}

const leftOf = (line) => quantityIn(line.quantity) - quantityIn(line.returned);

function resultView(answer) {
  const rows = [[t("Money handed back"), money(answer.refund_minor)]];
  if (answer.balance !== null) rows.push([t("Points taken back"), number(answer.points)], [t("New balance"), points(answer.balance)]);
  if (answer.offers_given_back.length) rows.push([t("Offers that can be used again"), number(answer.offers_given_back.length)]);
  if (answer.restored_vouchers) rows.push([t("Vouchers that can be used again"), number(answer.restored_vouchers)]);
  if (answer.cancelled_vouchers) rows.push([t("Vouchers taken back"), number(answer.cancelled_vouchers)]);
  return el("section", { class: "done", "aria-label": t("Result") },
    el("span", { class: "done__mark" }, icon("check")),
    el("h2", {}, t("Hand back {amount}", { amount: money(answer.refund_minor) })),
    el("div", { class: "done__points" },
      el("dl", { class: "facts facts--lines" }, rows.map(([term, value]) => el("div", {}, el("dt", {}, term), el("dd", { class: "num" }, value))))),
    answer.tier ? el("p", { class: "done__tier" }, tierBadge(answer.tier.level, answer.tier.level_name), el("span", {}, t("{amount} this year", { amount: money(answer.tier.spend_minor) }))) : null);
}

const screen = new Returns();

const reader = new PatientReader(boot.layouts);

function look(scanned) {
  const scan = reader.read(scanned, performance.now());
  if (scan.kind === "receipt") return screen.find(`/receipts/${scan.code}`);
  const sequence = /^[0-9]{1,9}$/.exec(scan.code);
  if (!sequence) {
    beep(false);
    return notice({ kind: "bad", title: t("This is not a receipt"), text: t("Scan the code at the foot of the receipt, or type its number.") });
  }
  const place = [boot.store_id, $("f-till").value.trim(), $("f-day").value, sequence[0]].map(encodeURIComponent);
  return screen.find(`/sales/${place.join("/")}`);
}

const follow = busyMark($("return"));
const queue = scanQueue(look);
const hear = (scan) => follow(queue(scan));
const camera = scanDialog($("camera"), async ({ text }) => {
  camera.close();
  await hear({ typed: text });
});
hearScanner(document, hear);
$("open-camera").addEventListener("click", () => camera.open());
$("find").addEventListener("submit", (event) => {
  event.preventDefault();
  const typed = $("receipt").value;
  $("receipt").value = "";
  if (typed.trim()) hear({ typed });
});
if (matchMedia("(pointer: fine)").matches) $("receipt").focus();
