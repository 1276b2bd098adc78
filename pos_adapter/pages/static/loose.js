// Taking articles back that nobody has a receipt for: what comes back, on whose card, who agrees.

import { ask, problemText, slugOf } from "./api.js";
import { boot, money, now, quantityOut, t } from "./boot.js";
import { announce, button, el, replace } from "./dom.js";
import { clearNotice, notice } from "./notice.js";
import { catchUp, takeNumber } from "./numbers.js";
import { busyMark, scanQueue } from "./queue.js";
import { PatientReader } from "./repair.js";
import { scanDialog } from "./scan_dialog.js";
import { searchBox } from "./search.js";
import { beep } from "./sound.js";
import { load, save } from "./storage.js";
import { looseLine, nothingYet, resultView, whoseCard } from "./view_return.js";
import { hearScanner } from "./wedge.js";

const $ = (id) => document.getElementById(id);

class LooseReturn {
  constructor() {
    this.lines = [];
    this.card = null;
    this.member = null;
    this.busy = false;
    this.refunded = null;
    this.draw();
  }

  async look(scan) {
    if (scan.kind === "card") return this.identify({ code: scan.code, entry: "qr" });
    const query = scan.kind === "ean" ? `ean=${scan.code}` : `q=${encodeURIComponent(scan.code)}`;
    const answer = await ask(`/articles?${query}&limit=1`);
    if (!answer.ok) return this.refuse(answer.problem);
    if (!answer.data.items.length) {
      beep(false);
      return notice({ kind: "bad", title: t("Nothing found"), text: scan.code });
    }
    return this.add(answer.data.items[0]);
  }

  async identify(card) {
    const answer = await ask("/identifications", card);
    if (!answer.ok) return this.refuse(answer.problem);
    beep(true);
    clearNotice();
    this.card = card;
    this.member = answer.data.member;
    return this.draw();
  }

  add(article) {
    beep(true);
    clearNotice();
    this.refunded = null;
    const known = this.lines.find((line) => line.article.sku === article.sku);
    if (known) known.milli += 1000;
    else this.lines.push({ article, milli: 1000 });
    this.draw();
    announce(t("{name} added", { name: article.name }));
  }

  set(line, milli) {
    line.milli = milli;
    this.lines = this.lines.filter((one) => one.milli > 0);
    this.draw();
  }

  get worth() {
    return this.lines.reduce(
      (sum, line) => sum + Math.round((line.article.price_minor * line.milli) / 1000),
      0,
    );
  }

  /** Hand the return in; the same number again until it is answered. */
  async handIn(approval) {
    if (this.busy || !this.lines.length) return;
    this.busy = true;
    this.drawTotal();
    const body = this.claim();
    const answer = await ask(
      "/returns-without-receipt",
      approval ? { ...body, approval } : body,
    );
    this.busy = false;
    if (answer.ok) this.finish(answer.data);
    else await this.notTaken(answer.problem);
    this.drawTotal();
  }

  claim() {
    const kept = load("loose", null);
    const giftCard = $("f-gift_card")?.value.trim().toLowerCase() ?? "";
    const content = {
      currency: boot.currency,
      lines: this.lines.map(({ article, milli }, i) => ({
        line_no: i + 1,
        sku: article.sku,
        quantity: quantityOut(milli),
      })),
      ...(this.card ? { card: this.card } : {}),
      ...(giftCard ? { gift_card: giftCard } : {}),
      reason: $("f-reason").value.trim(),
    };
    if (kept && JSON.stringify(kept.content) === JSON.stringify(content)) return kept.body;
    const body = { ...takeNumber(), occurred_at: now().toISOString(), ...content };
    save("loose", { content, body });
    return body;
  }

  finish(answer) {
    save("loose", undefined);
    beep(true);
    clearNotice();
    this.refunded = answer.refund_minor;
    Object.assign(this, { lines: [], card: null, member: null });
    $("return").dataset.view = "done";
    replace($("sold"), resultView(answer));
    replace($("whose"), whoseCard(null));
    announce(t("Hand back {amount}", { amount: money(answer.refund_minor) }));
    scrollTo(0, 0);
  }

  async notTaken(problem) {
    beep(false);
    const slug = slugOf(problem);
    if (slug === "manager-needed") return $("manager").showModal();
    if (slug === "sale-conflict") {
      save("loose", undefined);
      await catchUp();
    } else if (problem.status >= 400 && problem.status < 500) save("loose", undefined);
    return this.refuse(problem);
  }

  refuse(problem) {
    beep(false);
    const { title, text } = problemText(problem);
    notice({ kind: "bad", title, text });
  }

  draw() {
    $("return").dataset.view = this.lines.length ? "choose" : "find";
    const lines = this.lines.map((line) => looseLine(line, (milli) => this.set(line, milli)));
    replace($("sold"), lines.length ? el("ol", { class: "basket" }, lines) : nothingYet());
    replace($("whose"), whoseCard(this.member));
    this.drawTotal();
  }

  drawTotal() {
    $("total-label").textContent = t("To hand back");
    $("total-amount").textContent = money(this.refunded ?? this.worth);
    const takeBack = button(t("Take back"), {
      kind: "primary",
      press: () => follow(this.handIn()),
      disabled: !this.lines.length || this.busy,
      "aria-busy": String(this.busy),
      id: "take-back",
      "data-focus": "take",
    });
    replace($("total-actions"), takeBack);
  }
}

const follow = busyMark($("return"));
const screen = new LooseReturn();
const reader = new PatientReader(boot.layouts);
const queue = scanQueue((scanned) => screen.look(reader.read(scanned, performance.now())));
const hear = (scan) => follow(queue(scan));
const camera = scanDialog($("camera"), async ({ text }) => {
  camera.close();
  await hear({ typed: text });
});
hearScanner(document, hear);
searchBox($("scan"), $("found"), {
  choose: (article) => screen.add(article),
  submit: (text) => hear({ typed: text }),
});
$("open-camera").addEventListener("click", () => camera.open());
$("agree").addEventListener("submit", (event) => {
  event.preventDefault();
  const approval = { staff_id: $("f-manager").value, pin: $("f-manager-pin").value };
  $("f-manager-pin").value = "";
  $("manager").close();
  if (approval.pin) follow(screen.handIn(approval));
});
if (matchMedia("(pointer: fine)").matches) $("scan").focus();
