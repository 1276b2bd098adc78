// Asking how much: whole numbers for what is counted, kilos for what is weighed.

import { number, t } from "./boot.js";

const MOST_MILLI = 9_999_000;

/** Ask for a quantity of `article`. Resolves to thousandths, or null when the cashier goes back. */
export function askQuantity(dialog, article, milli = null) {
  const weighed = article.sold_by === "weight";
  const input = dialog.querySelector("input");
  const error = dialog.querySelector("[data-error]");
  dialog.querySelector("h2").textContent = article.name;
  dialog.querySelector("label").textContent = weighed ? t("Weight in kilos") : t("Quantity");
  input.inputMode = weighed ? "decimal" : "numeric";
  input.value = milli ? number(milli / 1000).replace(/[\s\u202f\u00a0]/g, "") : "";
  error.hidden = true;
  input.removeAttribute("aria-invalid");
  return new Promise((resolve) => {
    const form = dialog.querySelector("form");
    let result = null;
    form.onsubmit = (event) => {
      event.preventDefault();
      result = milliOf(input.value, weighed);
      if (result !== null) return dialog.close();
      error.textContent = weighed
        ? t("Give kilos above 0 and up to 9,999, such as 0.350.")
        : t("Give a whole number from 1 to 9,999.");
      error.hidden = false;
      input.setAttribute("aria-invalid", "true");
      input.select();
    };
    dialog.addEventListener("close", () => resolve(result), { once: true });
    dialog.showModal();
    input.select();
  });
}

/** Read a quantity as people type it, comma or point; null when it cannot be one. */
export function milliOf(text, weighed) {
  const match = /^\s*([0-9]{1,6})(?:[.,]([0-9]{1,3}))?\s*$/.exec(text);
  if (!match || (match[2] && !weighed)) return null;
  const milli = Number(match[1]) * 1000 + Number((match[2] ?? "").padEnd(3, "0"));
  return milli > 0 && milli <= MOST_MILLI ? milli : null;
}
