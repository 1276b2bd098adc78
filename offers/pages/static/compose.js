// Keeps the cost beside the form up to date while the offer is being composed.

import { drawn, livePanel } from "palier/live-panel";

const form = document.querySelector("form[data-preview]");
const cost = livePanel(document.getElementById("cost"), {
  ask: () => drawn(form.dataset.preview, new FormData(form)),
  waitMs: 500,
});

form.addEventListener("input", cost.later);
form.addEventListener("change", cost.later);
form.querySelector("[data-cost]").addEventListener("click", (event) => {
  event.preventDefault();
  cost.now();
});
