// Runs the examples beside the programme while it is being written, and leads to a line that fails.

import { drawn, livePanel } from "palier/live-panel";

const form = document.querySelector("form[data-preview]");
const panel = document.getElementById("verdict");
const text = document.getElementById("f-text");

if (form) {
  const verdict = livePanel(panel, {
    ask: () => drawn(form.dataset.preview, new FormData(form)),
    waitMs: 600,
  });
  form.addEventListener("input", verdict.later);
}
panel.addEventListener("click", (event) => {
  const asked = event.target.closest("[data-line]");
  if (asked) show(Number(asked.dataset.line));
});

function show(number) {
  const lines = text.value.split("\n");
  const start = lines.slice(0, number - 1).reduce((sum, line) => sum + line.length + 1, 0);
  text.focus();
  text.setSelectionRange(start, start + (lines[number - 1] ?? "").length);
  text.scrollTop = (text.scrollHeight / lines.length) * Math.max(0, number - 6);
}
