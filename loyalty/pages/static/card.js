// The card's page: keeps itself at hand without a network, keeps the screen awake while a code is
// held out, is renewed when she comes back to it, offers to be installed. It works without all that.

const SCOPE = "/app/";
const FRESH_MS = 60000;
const shownAt = Date.now();

if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register(`${SCOPE}sw.js`, { scope: SCOPE }).catch(() => {
    // private windows and old browsers: the card needs the network there
  });
}

let awake = null;

async function stayAwake() {
  if (!("wakeLock" in navigator) || document.visibilityState !== "visible") return;
  try {
    awake = await navigator.wakeLock.request("screen");
  } catch {
    awake = null; // low battery or refused: the screen dims as usual
  }
}

async function mayDim() {
  const lock = awake;
  awake = null;
  if (lock) await lock.release();
}

const codeIsShown = () => document.querySelector("dialog[data-keep-awake][open]") !== null;

const codes = new MutationObserver(() => (codeIsShown() ? stayAwake() : mayDim()));
for (const dialog of document.querySelectorAll("dialog[data-keep-awake]")) {
  codes.observe(dialog, { attributes: true, attributeFilter: ["open"] });
}

// The system takes the lock away with the page; ask again when she comes back. What was true an
// hour ago is renewed, though never under a code that is held out.
document.addEventListener("visibilitychange", () => {
  if (codeIsShown()) stayAwake();
  else if (isStale()) window.location.reload();
});

function isStale() {
  const showsNow = document.getElementById("as-of") !== null;
  return showsNow && document.visibilityState === "visible" && Date.now() - shownAt > FRESH_MS;
}

window.addEventListener("beforeinstallprompt", (event) => {
  const offer = document.getElementById("install");
  if (!offer) return;
  event.preventDefault();
  offer.hidden = false;
  document.getElementById("install-now").addEventListener("click", () => {
    offer.hidden = true;
    event.prompt();
  }, { once: true });
});
