// Applies the chosen appearance before the first paint, so it is a plain script in the head.
// "" follows the device. Nothing else is stored.
(() => {
  const KEY = "palier-theme";
  const root = document.documentElement;
  root.classList.replace("no-js", "js");

  const stored = () => {
    try {
      return localStorage.getItem(KEY) || "";
    } catch {
      return ""; // storage refused by the browser: follow the device
    }
  };

  const apply = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
  };

  const remember = (theme) => {
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // storage refused: the choice lasts for this page
    }
  };

  apply(stored());

  document.addEventListener("DOMContentLoaded", () => {
    for (const group of document.querySelectorAll("[data-theme-choice]")) {
      for (const radio of group.querySelectorAll("input")) radio.checked = radio.value === stored();
      group.addEventListener("change", (event) => {
        apply(event.target.value);
        remember(event.target.value);
      });
    }
  });
})();
