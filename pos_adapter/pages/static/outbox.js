// Sales on their way to the server. Each is written down before it is sent and goes until it is
// answered, always as the same sale: sending it again can only give the same answer.

import { slugOf } from "./api.js";
import { boot } from "./boot.js";
import { catchUp, takeNumber } from "./numbers.js";
import { load, save } from "./storage.js";
import { send } from "palier/post";

const PATIENCE_MS = 6000;
const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 30000;

export class Outbox {
  /** `onChange({waiting, refused})` is told whenever a sale comes or goes. */
  constructor(onChange) {
    this.onChange = onChange;
    this.waiting = load("waiting", []);
    this.refused = load("refused", []);
    this.pause = FIRST_PAUSE_MS;
    addEventListener("online", () => this.sendAll());
    this.later();
    this.changed();
  }

  /**
   * Hand a sale in. Resolves to the server's answer, or to null when there was none in time:
   * then the sale is kept and sent until there is one.
   */
  async handIn(body) {
    this.waiting.push(body);
    this.changed();
    const answer = await send(`${boot.api}/sales`, body, { timeoutMs: PATIENCE_MS });
    if (!isFinal(answer)) {
      this.later();
      return null;
    }
    this.drop(body);
    return answer;
  }

  async sendAll() {
    if (this.sending || !this.waiting.length) return;
    this.sending = true;
    for (const body of [...this.waiting]) {
      const answer = await send(`${boot.api}/sales`, body);
      if (!isFinal(answer)) break;
      if (!answer.ok) this.refused.push({ body, problem: answer.problem });
      this.drop(body);
    }
    this.sending = false;
    this.later();
  }

  /**
   * Send a refused sale after all, at today's prices: what was quoted and paid no longer counts,
   * the cashier has been told. When its number stood for something else it gets the next one.
   */
  async sendAfterAll(refused) {
    const { quote_hash: _quoted, tenders: _paid, ...body } = refused.body;
    if (slugOf(refused.problem) === "sale-conflict" && (await catchUp()))
      Object.assign(body, takeNumber());
    this.refused = this.refused.filter((found) => found !== refused);
    this.waiting.push(body);
    this.changed();
    await this.sendAll();
  }

  drop(body) {
    this.waiting = this.waiting.filter((found) => found !== body);
    this.pause = FIRST_PAUSE_MS;
    this.changed();
  }

  later() {
    clearTimeout(this.timer);
    if (!this.waiting.length) return;
    this.timer = setTimeout(() => this.sendAll(), this.pause);
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS);
  }

  changed() {
    save("waiting", this.waiting.length ? this.waiting : undefined);
    save("refused", this.refused.length ? this.refused : undefined);
    this.onChange({ waiting: this.waiting, refused: this.refused });
  }
}

/** An answer about the sale itself; sign-in, rate and server trouble say nothing about it. */
function isFinal({ ok, status }) {
  return ok || (status >= 400 && status < 500 && ![401, 403, 408, 425, 429].includes(status));
}
