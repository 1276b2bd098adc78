// Taking articles back: find the receipt, say what comes back, hand the money over.

import { ask, problemText, slugOf } from "./api.js";
import { boot, money, now, quantityIn, quantityOut, t } from "./boot.js";
import { announce, button, replace } from "./dom.js";
import { clearNotice, notice } from "./notice.js";
import { catchUp, takeNumber } from "./numbers.js";
import { busyMark, scanQueue } from "./queue.js";
import { PatientReader } from "./repair.js";
import { scanDialog } from "./scan_dialog.js";
import { beep } from "./sound.js";
import { load, save } from "./storage.js";
import { leftOf, noReceiptYet, resultView, soldView } from "./view_return.js";
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
    return this.sold.lines.reduce(
      (sum, line) =>
        sum +
        Math.round(
          (line.paid_minor * (this.back.get(line.line_no) ?? 0)) / quantityIn(line.quantity),
        ),
      0,
    );
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
    const set = (lineNo, milli) => this.set(lineNo, milli);
    const view = this.sold
      ? soldView(this.sold, this.back, { set, all: () => this.all() })
      : noReceiptYet();
    replace($("sold"), view);
    this.drawTotal();
  }

  drawTotal() {
    $("total-label").textContent =
      this.refunded === null ? t("To hand back, about") : t("To hand back");
    $("total-amount").textContent = money(this.refunded ?? this.estimate);
    replace(
      $("total-actions"),
      button(t("Take back"), {
        kind: "primary",
        press: () => follow(this.handIn()),
        disabled: !this.back.size || this.busy,
        "aria-busy": String(this.busy),
        id: "take-back",
        "data-focus": "take",
      }),
    );
  }
}

const screen = new Returns();

const reader = new PatientReader(boot.layouts);

function look(scanned) {
  const scan = reader.read(scanned, performance.now());
  if (scan.kind === "receipt") return screen.find(`/receipts/${scan.code}`);
  const sequence = /^[0-9]{1,9}$/.exec(scan.code);
  if (!sequence) {
    beep(false);
    return notice({
      kind: "bad",
      title: t("This is not a receipt"),
      text: t("Scan the code at the foot of the receipt, or type its number."),
    });
  }
  const place = [boot.store_id, $("f-till").value.trim(), $("f-day").value, sequence[0]].map(
    encodeURIComponent,
  );
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
