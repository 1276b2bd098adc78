// Looking an article up by name: a combo box under the scan field.

import { boot, money, t } from "./boot.js";
import { announce, el } from "./dom.js";
import { get } from "palier/post";

const SHORTEST = 2;
const WAIT_MS = 150;
const MOST = 8;

/** Wire `input` and `list`; `choose(article)` and `submit(text)` are called with what was meant. */
export function searchBox(input, list, { choose, submit }) {
  const box = new SearchBox(input, list, choose, submit);
  input.addEventListener("input", () => box.typed());
  input.addEventListener("keydown", (event) => box.key(event));
  input.addEventListener("blur", () => setTimeout(() => box.close(), 150));
  return box;
}

class SearchBox {
  constructor(input, list, choose, submit) {
    Object.assign(this, { input, list, choose, submit });
    this.found = [];
    this.active = -1;
    this.turn = 0;
  }

  typed() {
    clearTimeout(this.timer);
    const text = this.input.value.trim();
    if (text.length < SHORTEST || /^[0-9]+$/.test(text)) return this.close();
    this.timer = setTimeout(() => this.look(text), WAIT_MS);
  }

  async look(text) {
    const turn = ++this.turn;
    const answer = await get(`${boot.api}/articles?q=${encodeURIComponent(text)}&limit=${MOST}`);
    if (turn !== this.turn || !answer.ok) return;
    this.show(answer.data.items);
  }

  show(items) {
    this.found = items;
    this.active = -1;
    this.list.replaceChildren(...items.map((article, i) => this.option(article, i)));
    if (!items.length)
      this.list.append(el("li", { class: "found__none soft" }, t("Nothing found")));
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    announce(
      items.length ? t("{n} found: use the arrows", { n: items.length }) : t("Nothing found"),
    );
  }

  option(article, i) {
    const price =
      article.sold_by === "weight"
        ? t("{price} a kilo", { price: money(article.price_minor) })
        : money(article.price_minor);
    return el(
      "li",
      {
        id: `found-${i}`,
        role: "option",
        "aria-selected": "false",
        class: "found__item",
        on: {
          pointerdown: (event) => {
            event.preventDefault();
            this.take(article);
          },
        },
      },
      el("span", {}, article.name),
      el("span", { class: "num soft" }, price),
    );
  }

  key(event) {
    const open = !this.list.hidden && this.found.length > 0;
    if (event.key === "Escape") this.close();
    else if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      this.move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.enter(open);
    }
  }

  enter(open) {
    const { found } = this;
    const text = this.input.value.trim();
    if (open && this.active >= 0) this.take(found[this.active]);
    else if (text) {
      this.input.value = "";
      this.close();
      this.submit(text, found);
    }
  }

  move(step) {
    this.active = (this.active + step + this.found.length) % this.found.length;
    [...this.list.children].forEach((option, i) =>
      option.setAttribute("aria-selected", String(i === this.active)),
    );
    this.input.setAttribute("aria-activedescendant", `found-${this.active}`);
    this.list.children[this.active].scrollIntoView({ block: "nearest" });
  }

  take(article) {
    this.input.value = "";
    this.close();
    this.choose(article);
  }

  close() {
    clearTimeout(this.timer);
    this.turn += 1;
    this.found = [];
    this.active = -1;
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}
