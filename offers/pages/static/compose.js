// Keeps the cost beside the form up to date while the offer is being composed.

const WAIT_MS = 500;
const form = document.querySelector("form[data-preview]");
const panel = document.getElementById("cost");
let timer = 0;
let asked = 0;

form.addEventListener("input", later);
form.addEventListener("change", later);
form.querySelector("[data-cost]").addEventListener("click", (event) => {
  event.preventDefault();
  work();
});

function later() {
  clearTimeout(timer);
  timer = setTimeout(work, WAIT_MS);
}

/** Ask for the cost of what the form says now; a later question overtakes an earlier one. */
async function work() {
  clearTimeout(timer);
  const number = ++asked;
  panel.ariaBusy = "true";
  const html = await cost();
  if (number !== asked) return;
  panel.ariaBusy = "false";
  if (html !== null) panel.innerHTML = html;
}

/** Return the panel as the server draws it, or null when it cannot be had. */
async function cost() {
  try {
    const answer = await fetch(form.dataset.preview, {
      method: "POST",
      body: new FormData(form),
      credentials: "same-origin",
      redirect: "error",
    });
    return answer.ok ? await answer.text() : null;
  } catch {
    return null; // no connection: what was shown last stays
  }
}
