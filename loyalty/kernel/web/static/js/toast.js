// Short messages that need no answer. Errors that need one belong in an alert on the page.

const SHOWN_MS = 6000;
const SHOWN_WITH_ACTION_MS = 12000;

/**
 * Say something for a few seconds. kind: "info", "good", "warn" or "bad".
 * action: {label, run}; a toast with an action stays longer and while it has focus or the pointer.
 * Returns a function that takes the toast away.
 */
export function toast(text, { kind = "info", action = null } = {}) {
  const box = document.createElement("div");
  box.className = `toast toast--${kind}`;
  const mark = document.createElement("span");
  mark.className = "toast__mark";
  const words = document.createElement("span");
  words.textContent = text;
  box.append(mark, words);

  const remove = () => box.remove();
  if (action) box.append(actionButton(action, remove));
  document.getElementById("toasts").append(box);
  leaveLater(box, action ? SHOWN_WITH_ACTION_MS : SHOWN_MS);
  return remove;
}

function actionButton({ label, run }, remove) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "toast__action";
  button.textContent = label;
  button.addEventListener("click", () => {
    remove();
    run();
  });
  return button;
}

function leaveLater(box, after) {
  const timer = setTimeout(() => {
    if (box.matches(":hover, :focus-within")) leaveLater(box, after);
    else box.remove();
  }, after);
  return timer;
}
