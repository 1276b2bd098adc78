// Keeps the preview beside the form up to date while the campaign is being written.

import { drawLetters } from "./mail.js";

const WAIT_MS = 450;
const form = document.querySelector("form[data-preview]");
const panel = document.getElementById("preview");
let timer = 0;
let asked = 0;
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
    work();
  } else if (event.target.name === "shown-language") {
    spoken = event.target.value;
    showLanguage();
  }
  event.stopPropagation();
});
showChannels();
work();

function later(event) {
  if (panel.contains(event.target)) return;
  showChannels();
  clearTimeout(timer);
  timer = setTimeout(work, WAIT_MS);
}

/** Ask for the preview of what the form says now; a later question overtakes an earlier one. */
async function work() {
  clearTimeout(timer);
  const number = ++asked;
  panel.ariaBusy = "true";
  const html = await preview();
  if (number !== asked) return;
  panel.ariaBusy = "false";
  if (html === null) return; // no connection: what was shown last stays
  panel.innerHTML = html;
  showLanguage();
  drawLetters(panel);
}

/** Return the panel as the server draws it, or null when it cannot be had. */
async function preview() {
  const body = new FormData(form);
  body.set("member_id", person);
  body.delete("shown-language");
  try {
    const answer = await fetch(form.dataset.preview, {
      method: "POST",
      body,
      credentials: "same-origin",
      redirect: "error",
    });
    return answer.ok ? await answer.text() : null;
  } catch {
    return null;
  }
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
