// One place on the till for what the cashier must know now.

import { button, el, icon } from "./dom.js";

/** Show a message until the next one. kind: good, warn, bad or info; actions: [{label, press}]. */
export function notice({ kind, title, text = "", actions = [] }) {
  const box = el(
    "div",
    { class: `alert alert--${kind}` },
    icon(kind === "good" ? "check" : kind === "info" ? "info" : "alert"),
    el("strong", {}, title),
    el(
      "div",
      {},
      text,
      actions.length ? el("div", { class: "row till__actions" }, actions.map(action)) : null,
    ),
  );
  document.getElementById("notice").replaceChildren(box);
}

export function clearNotice() {
  document.getElementById("notice").replaceChildren();
}

function action({ label, press }) {
  return button(label, {
    kind: "small",
    press: () => {
      clearNotice();
      press();
    },
  });
}
