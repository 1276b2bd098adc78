// The basket in hand: lines, card, vouchers. Written down at every change, so that a reload, or a
// browser that dies, brings it back.

import { quantityOut } from "./boot.js";
import { load, save } from "./storage.js";

const EMPTY = { lines: [], card: null, vouchers: [], number: null, last_no: 0 };
export const MOST_LINES = 200;
const MOST_MILLI = 9_999_000;

export class Sale {
  constructor() {
    Object.assign(this, structuredClone(EMPTY), load("sale", {}));
  }

  get isEmpty() {
    return this.lines.length === 0 && !this.card && this.vouchers.length === 0;
  }

  /** Add an article; one that is counted joins the line it is on. Returns the line's number. */
  add(article, milli = 1000) {
    const there = this.lines.find((line) => line.sku === article.sku && article.sold_by === "unit");
    if (there) return this.setQuantity(there.line_no, there.milli + milli);
    if (this.lines.length >= MOST_LINES) return null;
    this.last_no += 1;
    const { sku, name, price_minor, sold_by } = article;
    this.lines.push({ line_no: this.last_no, sku, name, price_minor, sold_by, milli });
    this.keep();
    return this.last_no;
  }

  /** Set how much of a line; nothing of it takes the line away. */
  setQuantity(lineNo, milli) {
    const line = this.lines.find((found) => found.line_no === lineNo);
    if (milli <= 0) this.lines = this.lines.filter((found) => found !== line);
    else line.milli = Math.min(milli, MOST_MILLI);
    this.keep();
    return lineNo;
  }

  setCard(card) {
    this.card = card;
    this.keep();
  }

  addVoucher(code) {
    if (this.vouchers.includes(code)) return false;
    this.vouchers.push(code);
    this.keep();
    return true;
  }

  dropVoucher(code) {
    this.vouchers = this.vouchers.filter((found) => found !== code);
    this.keep();
  }

  /** Give the sale its receipt number, once. */
  setNumber(number) {
    this.number = number;
    this.keep();
  }

  clear() {
    Object.assign(this, structuredClone(EMPTY));
    save("sale", undefined);
  }

  keep() {
    save("sale", { ...this });
  }

  /** The basket as the API wants it. */
  claim(businessOn, currency) {
    return {
      business_on: businessOn,
      currency,
      lines: this.lines.map(({ line_no, sku, milli }) => ({
        line_no,
        sku,
        quantity: quantityOut(milli),
      })),
      ...(this.card ? { card: this.card } : {}),
      ...(this.vouchers.length ? { vouchers: this.vouchers } : {}),
    };
  }
}
