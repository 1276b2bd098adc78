// What the selling screen shows: the one place that knows its elements.

import { boot, money, points, t } from "./boot.js";
import { announce, button, el, replace } from "./dom.js";
import { notice } from "./notice.js";
import { problemText } from "./api.js";
import { drawBasket } from "./view_basket.js";
import { doneText, drawDone } from "./view_done.js";
import { drawMember, drawServed } from "./view_member.js";

const $ = (id) => document.getElementById(id);

export class Screen {
  constructor(till) {
    this.till = till;
    this.payDialog = $("pay");
    this.quantityDialog = $("quantity");
    this.points = points;
    this.shownDone = null;
  }

  wire({ openCamera }) {
    $("open-camera").addEventListener("click", openCamera);
    addEventListener("online", () => this.showLink());
    addEventListener("offline", () => this.showLink());
    document.addEventListener("keydown", (event) => this.shortcut(event));
    if (matchMedia("(pointer: fine)").matches) $("scan").focus();
  }

  shortcut(event) {
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "F2") $("scan").focus();
    else if (event.key === "F8") this.till.pay();
    else return;
    event.preventDefault();
  }

  closePayment() {
    if (this.payDialog.open) this.payDialog.close();
  }

  /** Draw everything; `fresh` is the number of a line that has just come. */
  draw(fresh = null) {
    const { sale, quote, member, offers, done } = this.till;
    const act = {
      setQuantity: (lineNo, milli) => this.till.setQuantity(lineNo, milli),
      askQuantity: (line) => this.till.askQuantity(line),
      dropVoucher: (code) => this.till.dropVoucher(code),
      dropCard: () => this.till.dropCard(),
      typeCode: () => $("scan").focus(),
    };
    $("till").dataset.view = done ? "done" : "sell";
    $("basket").hidden = done !== null;
    $("done").hidden = done === null;
    if (done) this.drawDone(done);
    else {
      drawBasket($("basket"), { sale, quote, fresh, act });
      drawMember($("member"), { quote, member, offers, act });
    }
    this.drawTotal();
  }

  drawDone(done) {
    drawDone($("done"), done);
    drawServed($("member"), done);
    if (this.shownDone === done) return;
    this.shownDone = done;
    announce(doneText(done));
    scrollTo(0, 0);
    document.querySelector(".till__basket").scrollTop = 0;
  }

  drawTotal() {
    const { quote, sale, done } = this.till;
    const shelf = sale.lines.reduce(
      (sum, line) => sum + Math.floor((line.price_minor * line.milli + 500) / 1000),
      0,
    );
    const due = done ? done.quote.due_minor : quote ? quote.due_minor : shelf;
    const saved = done ? 0 : quote ? quote.discount_minor + quote.voucher_minor : 0;
    $("total-label").textContent = done ? t("Paid") : t("To pay");
    $("total-amount").textContent = money(due);
    $("total-saved").textContent = saved ? t("You save {amount}", { amount: money(saved) }) : "";
    replace($("total-actions"), done ? this.doneActions() : this.sellActions());
  }

  sellActions() {
    const empty = this.till.sale.isEmpty;
    return [
      button(t("Cancel the sale"), {
        iconName: "trash",
        iconOnly: true,
        press: () => this.askCancel(),
        disabled: empty,
        id: "cancel",
        "data-focus": "cancel",
      }),
      button(t("Take the payment"), {
        kind: "primary",
        hint: "F8",
        press: () => this.till.pay(),
        disabled: !this.till.sale.lines.length,
        id: "pay-now",
        "data-focus": "pay",
        "aria-keyshortcuts": "F8",
      }),
    ];
  }

  doneActions() {
    return [
      button(t("Print"), {
        iconName: "receipt",
        iconOnly: true,
        press: () => print(),
        "data-focus": "print",
      }),
      button(t("Next shopper"), {
        kind: "primary",
        press: () => {
          this.till.newSale();
          $("scan").focus();
        },
        id: "next",
        "data-focus": "pay",
      }),
    ];
  }

  askCancel() {
    const dialog = $("cancel-sale");
    dialog.returnValue = "";
    dialog.addEventListener("close", () => dialog.returnValue === "yes" && this.till.cancel(), {
      once: true,
    });
    dialog.showModal();
  }

  busy(on) {
    $("total").setAttribute("aria-busy", String(on));
    $("total-actions").querySelector("#pay-now")?.setAttribute("aria-busy", String(on));
  }

  showOutbox({ waiting, refused }, sendAfterAll) {
    this.waiting = waiting.length;
    this.showLink();
    const [first] = refused;
    if (!first) return;
    const { title, text } = problemText(first.problem);
    notice({
      kind: "warn",
      title: t("Receipt {number} could not be written down: {title}", {
        number: first.body.sequence,
        title,
      }),
      text,
      actions: [{ label: t("Send it at today's prices"), press: () => sendAfterAll(first) }],
    });
  }

  showLink() {
    const link = $("link");
    const state = this.waiting ? "sending" : navigator.onLine ? "online" : "offline";
    link.dataset.state = state;
    const words = {
      online: t("Online"),
      offline: t("No line"),
      sending: t("{n} waiting", { n: this.waiting }),
    };
    replace(link, el("i", { class: "dot" }), el("span", {}, words[state]));
    link.title = boot.store_name;
  }
}
