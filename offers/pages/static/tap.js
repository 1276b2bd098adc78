// One tap activates an offer, another undoes it, without reloading. Without this file the forms do it.

import { send } from "palier/post";
import { toast } from "palier/toast";

const API = "/api/v1/me/offers";
let takeAway = () => {}; // the last toast: only one is true at a time
const words = JSON.parse(document.getElementById("tap-words").textContent);

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-tap]");
  if (!form) return;
  event.preventDefault();
  tap(form.closest(".offer"), form.dataset.tap);
});

/** Activate ("PUT") or undo ("DELETE") the offer of a card; the card follows the answer. */
async function tap(card, method) {
  if (card.ariaBusy === "true") return;
  card.ariaBusy = "true";
  const id = card.id.slice("o-".length);
  const answer = await send(`${API}/${encodeURIComponent(id)}/activation`, undefined, { method });
  card.ariaBusy = "false";
  takeAway();
  if (!answer.ok) {
    takeAway = toast(answer.problem.detail || words.offline, { kind: "warn" });
    return;
  }
  show(card, answer.data.state);
  if (method === "PUT") {
    const undo = { label: words.undo, run: () => tap(card, "DELETE") };
    takeAway = toast(words.active, { kind: "good", action: undo });
  } else {
    takeAway = toast(words.undone, { kind: "info" });
  }
}

/** Show the action that fits the state, and keep the keyboard where it was. */
function show(card, state) {
  const hadFocus = card.contains(document.activeElement);
  card.classList.toggle("offer--active", state === "activated");
  card.classList.toggle("offer--available", state === "available");
  for (const form of card.querySelectorAll("form[data-when]")) {
    form.hidden = form.dataset.when !== state;
    if (!form.hidden && hadFocus) form.querySelector("button").focus();
  }
}
