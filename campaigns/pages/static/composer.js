// Keeps the preview beside the form up to date while the campaign is being written.

import { drawn, livePanel } from "palier/live-panel";
import { drawLetters } from "./mail.js";

const form = document.querySelector("form[data-preview]");
const panel = document.getElementById("preview");
const preview = livePanel(panel, { ask, waitMs: 450, shown });
let person = "";
let spoken = "";
let lastText = null;

form.addEventListener("input", later);
form.addEventListener("focusin", (event) => {
  if (event.target.matches("textarea, input[type=text]")) lastText = event.target;
});
form.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-insert]");
  if (chip) insert(chip);
  const plain = event.target.closest("[data-plain]");
  if (plain) replaceText(document.getElementById(plain.dataset.into), plain.dataset.plain);
});
panel.addEventListener("change", (event) => {
  if (event.target.matches("[data-person]")) {
    person = event.target.value;
    preview.now();
  } else if (event.target.name === "shown-language") {
    spoken = event.target.value;
    showLanguage();
  }
  event.stopPropagation();
});
showChannels();
preview.now();

function later(event) {
  if (panel.contains(event.target)) return;
  const written = event.target.id.match(/^f-([a-z]{2})_/); // the language being written is shown
  if (written) spoken = written[1];
  showChannels();
  preview.later();
}

function ask() {
  const body = new FormData(form);
  body.set("member_id", person);
  body.delete("shown-language");
  return drawn(form.dataset.preview, body);
}

function shown() {
  showLanguage();
  drawLetters(panel);
}

function showLanguage() {
  const shown = [...panel.querySelectorAll("[data-shown]")];
  if (!shown.some((one) => one.dataset.shown === spoken)) return;
  for (const one of shown) one.hidden = one.dataset.shown !== spoken;
  for (const choice of panel.querySelectorAll("[name=shown-language]")) {
    choice.checked = choice.value === spoken;
  }
}

/** Hide the texts of channels that are not used, and the days when any time will do. */
function showChannels() {
  const used = new Set(new FormData(form).getAll("channels"));
  for (const part of form.querySelectorAll("[data-for]")) {
    part.hidden = used.size > 0 && !used.has(part.dataset.for);
  }
  form.querySelector(".visit__days").hidden = new FormData(form).get("visit") === "any";
}

/** Put a placeholder where the caret is, with the caret where its default goes. */
function insert(chip) {
  const field = lastText ?? form.querySelector("textarea");
  const [from, to] = [field.selectionStart ?? field.value.length, field.selectionEnd ?? 0];
  field.setRangeText(chip.dataset.insert, from, Math.max(from, to), "end");
  const inside = chip.dataset.insert.endsWith(":}") ? 1 : 0;
  field.focus();
  field.selectionStart = field.selectionEnd = field.selectionEnd - inside;
  chip.closest("details").open = false;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function replaceText(field, text) {
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
