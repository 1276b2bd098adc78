// Runs the examples beside the programme while it is being written.

import { drawn, livePanel } from "palier/live-panel";

const form = document.querySelector("form[data-preview]");
const verdict = livePanel(document.getElementById("verdict"), {
  ask: () => drawn(form.dataset.preview, new FormData(form)),
  waitMs: 600,
});

form.addEventListener("input", verdict.later);
