// Dialogs and menus. A button with data-dialog-open="id" opens <dialog id>, data-dialog-close
// closes the one it is in; a click outside closes too. <details class="menu"> closes on Escape
// and on a click elsewhere. Works for elements added later.

/** Open the dialog with this id; resolves with its returnValue once closed. */
export function openDialog(id) {
  const dialog = document.getElementById(id);
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true });
    dialog.returnValue = "";
    dialog.showModal();
  });
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog-open]");
  if (opener) {
    openDialog(opener.dataset.dialogOpen);
    return;
  }
  const closer = event.target.closest("[data-dialog-close]");
  if (closer) closer.closest("dialog").close(closer.value || "");
  else if (event.target instanceof HTMLDialogElement && isOutside(event)) event.target.close();
  closeMenus(event.target);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

function isOutside({ target, clientX, clientY }) {
  const box = target.getBoundingClientRect();
  const across = clientX < box.left || clientX > box.right;
  return across || clientY < box.top || clientY > box.bottom;
}

function closeMenus(target) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(target)) menu.open = false;
  }
}
