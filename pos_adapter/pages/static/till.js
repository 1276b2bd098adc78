// The selling screen: what scanner, camera and cashier do becomes a basket, a quote, a sale.

import { ask, leaveIfSignedOut, problemText, slugOf } from "./api.js";
import { boot, money, now, t, today } from "./boot.js";
import { announce } from "./dom.js";
import { clearNotice, notice } from "./notice.js";
import { catchUp, takeNumber } from "./numbers.js";
import { Outbox } from "./outbox.js";
import { askPayment } from "./pay.js";
import { askQuantity } from "./quantity.js";
import { busyMark, scanQueue } from "./queue.js";
import { PatientReader, readScan } from "./repair.js";
import { Sale } from "./sale.js";
import { beep } from "./sound.js";
import { Screen } from "./screen.js";

export class Till {
  constructor() {
    this.sale = new Sale();
    this.quote = null;
    this.member = null;
    this.offers = [];
    this.done = null;
    this.turn = 0;
    this.quoting = Promise.resolve();
    this.paying = null;
    this.misread = 0;
    this.reader = new PatientReader(boot.layouts);
    this.screen = new Screen(this);
    this.outbox = new Outbox((state) =>
      this.screen.showOutbox(state, (refused) => this.follow(this.outbox.sendAfterAll(refused))),
    );
    if (this.outbox.waiting.some((body) => isSame(body, this.sale.number))) this.sale.clear();
    this.follow = busyMark(document.getElementById("till"));
    const queue = scanQueue((scan) => this.takeScan(scan));
    this.hear = (scan) => this.follow(queue(scan));
  }

  async start() {
    this.screen.draw();
    if (this.sale.card) await this.identify(this.sale.card, { quietly: true });
    if (!this.sale.isEmpty) await this.requote();
    this.screen.draw();
  }

  /** A scan, from the wedge, the camera or the keyboard, once the one before is handled. */
  async takeScan({ entry = "qr", ...scanned }) {
    if (this.paying) await this.paying;
    if (this.done) this.newSale();
    this.screen.closePayment();
    const scan = this.reader.read(scanned, performance.now());
    const take = {
      card: () => this.identify({ code: scan.code, entry }),
      ean: () => this.addByEan(scan.code),
      voucher: () => this.addVoucher(scan.code),
    }[scan.kind];
    if (take) {
      this.misread = 0;
      await take();
    } else if (scan.kind === "receipt")
      this.refuse(t("This is a receipt"), t("Open Returns to take articles back."));
    else this.notRead(entry);
    return scan;
  }

  notRead(entry) {
    this.misread += 1;
    const help =
      this.misread > 1
        ? t("Type the code under the bars, or look the article up by name.")
        : t("Scan it again.");
    this.refuse(entry === "keyed" ? t("Nothing found") : t("The code could not be read"), help);
  }

  async identify(card, { quietly = false } = {}) {
    const answer = await ask("/identifications", card);
    if (!answer.ok) {
      if (slugOf(answer.problem) !== "offline" && this.sale.card?.code === card.code)
        this.dropCard();
      return this.refuseWith(answer.problem);
    }
    this.member = answer.data.member;
    this.offers = answer.data.offers;
    this.sale.setCard(card);
    if (quietly) return;
    this.accept(
      t("{name}, {points}", {
        name: this.member.display_name,
        points: this.screen.points(this.member.balance),
      }),
    );
    await this.requote();
  }

  async addByEan(ean) {
    const answer = await ask(`/articles?ean=${ean}`);
    if (!answer.ok) return this.refuseWith(answer.problem);
    const [article] = answer.data.items;
    if (!article)
      return this.refuse(
        t("Unknown article"),
        t("{code} is not in the catalogue: look it up by name.", { code: ean }),
      );
    await this.addArticle(article);
  }

  async addArticle(article) {
    const milli =
      article.sold_by === "weight" ? await askQuantity(this.screen.quantityDialog, article) : 1000;
    if (milli === null) return;
    const lineNo = this.sale.add(article, milli);
    if (lineNo === null)
      return this.refuse(t("The basket is full"), t("Settle these 200 lines first."));
    this.accept(t("{name} added", { name: article.name }), lineNo);
    await this.requote();
  }

  async addVoucher(code) {
    if (!this.sale.addVoucher(code)) return this.refuse(t("This voucher is already on the sale"));
    const fine = await this.requote();
    if (fine) this.accept(t("Voucher added"));
  }

  dropVoucher(code) {
    this.sale.dropVoucher(code);
    this.changed();
  }

  dropCard() {
    this.member = null;
    this.sale.setCard(null);
    this.changed();
  }

  setQuantity(lineNo, milli) {
    this.sale.setQuantity(lineNo, milli);
    this.changed();
  }

  async askQuantity(line) {
    const milli = await askQuantity(this.screen.quantityDialog, line, line.milli);
    if (milli !== null) this.setQuantity(line.line_no, milli);
  }

  changed() {
    clearNotice();
    this.screen.draw();
    this.requote();
  }

  /** Ask what the basket costs and earns now. Resolves to whether the server had no objection. */
  requote() {
    const turn = ++this.turn;
    if (!this.sale.lines.length) {
      this.quote = null;
      this.screen.draw();
      return Promise.resolve(true);
    }
    this.screen.busy(true);
    const asked = ask("/quotes", this.sale.claim(today(), boot.currency));
    this.quoting = this.follow(
      asked.then((answer) => (turn === this.turn ? this.quoted(answer) : true)),
    );
    return this.quoting;
  }

  quoted(answer) {
    this.screen.busy(false);
    if (!answer.ok) return this.notQuoted(answer.problem);
    this.quote = answer.data;
    this.member = answer.data.member ?? this.member;
    this.screen.draw();
    return true;
  }

  /** What the server will not price is taken off, so that the sale can go on. */
  notQuoted(problem) {
    const slug = slugOf(problem);
    if (slug.includes("voucher") && this.sale.vouchers.length) {
      this.sale.dropVoucher(this.sale.vouchers.at(-1));
      this.requote();
    } else if (slug.startsWith("card-") || ["unknown-card", "member-blocked"].includes(slug)) {
      this.dropCard();
    }
    this.screen.draw();
    this.refuseWith(problem);
    return false;
  }

  async pay() {
    if (this.paying || this.done || !this.sale.lines.length) return;
    await this.quoting;
    if (!this.quote) return;
    const payment = await askPayment(this.screen.payDialog, this.quote.due_minor);
    if (!payment || this.paying) return;
    this.paying = this.settle(payment).finally(() => {
      this.paying = null;
      this.screen.busy(false);
    });
    await this.paying;
  }

  async settle({ tenders, change_minor }) {
    this.screen.busy(true);
    if (!this.sale.number) this.sale.setNumber(takeNumber());
    const { business_on, sequence } = this.sale.number;
    const body = {
      ...this.sale.claim(business_on, boot.currency),
      sequence,
      tenders,
      occurred_at: now().toISOString(),
      quote_hash: this.quote.quote_hash,
    };
    const answer = await this.outbox.handIn(body);
    if (answer && !answer.ok) return this.notSettled(answer.problem);
    this.done = {
      sale: { lines: this.sale.lines, number: this.sale.number },
      quote: this.quote,
      change_minor,
      answer: answer?.data ?? null,
    };
    this.sale.clear();
    this.quote = null;
    this.member = null;
    clearNotice();
    beep(true);
    this.screen.draw();
  }

  async notSettled(problem) {
    const slug = slugOf(problem);
    const before = this.quote;
    if (slug === "sale-conflict") {
      this.sale.setNumber(null);
      await catchUp();
      return this.refuse(
        t("That receipt number was taken"),
        t("The next one is ready: take the payment again."),
      );
    }
    await this.requote();
    const moved = this.quote && this.quote.due_minor !== before.due_minor;
    const text = moved
      ? t("Due before: {before}. Due now: {now}.", {
          before: money(before.due_minor),
          now: money(this.quote.due_minor),
        })
      : "";
    this.refuseWith(problem, text);
  }

  cancel() {
    this.sale.clear();
    this.quote = null;
    this.member = null;
    this.turn += 1;
    clearNotice();
    this.screen.draw();
    announce(t("The sale was cancelled"));
  }

  newSale() {
    this.done = null;
    clearNotice();
    this.screen.draw();
  }

  accept(text, lineNo = null) {
    beep(true);
    clearNotice();
    announce(text);
    this.screen.draw(lineNo);
  }

  refuse(title, text = "") {
    beep(false);
    notice({ kind: "bad", title, text });
  }

  refuseWith(problem, text = "") {
    leaveIfSignedOut({ status: problem.status, problem });
    const shown = problemText(problem);
    this.refuse(shown.title, [shown.text, text].filter(Boolean).join(" "));
  }
}

const isSame = (body, number) =>
  number !== null && body.sequence === number.sequence && body.business_on === number.business_on;
