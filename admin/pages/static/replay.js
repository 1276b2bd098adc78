// Shows how far a replay is, and the whole page once it has ended.

const panel = document.getElementById("replay");
const EVERY_MS = 1500;

async function look() {
  try {
    const answer = await fetch(panel.dataset.progress, { credentials: "same-origin", redirect: "error" });
    if (answer.ok) panel.innerHTML = await answer.text();
  } catch {
    // Without a connection what was shown last stays, and is asked for again.
  }
  if (panel.querySelector("[data-replay-done]")) location.reload();
  else setTimeout(look, EVERY_MS);
}

setTimeout(look, EVERY_MS);
