// Keeps a panel beside a form up to date while the form is being filled in.

/** Return the panel as the server draws it for these fields, or null when it cannot be had. */
export async function drawn(url, body) {
  try {
    const answer = await fetch(url, {
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

/**
 * Show in `panel` what `ask()` brings: `now`, or `later` when nothing more happens for `waitMs`.
 * A later question overtakes an earlier one; without a connection, what was shown last stays.
 */
export function livePanel(panel, { ask, waitMs, shown = () => {} }) {
  let timer = 0;
  let asked = 0;

  async function now() {
    clearTimeout(timer);
    const number = ++asked;
    panel.ariaBusy = "true";
    const html = await ask();
    if (number !== asked) return;
    panel.ariaBusy = "false";
    if (html === null) return;
    panel.innerHTML = html;
    shown();
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(now, waitMs);
  }

  return { now, later };
}
