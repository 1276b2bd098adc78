// The card as the phone keeps it: as soon as the network answers again, show the card of now.
// A phone says "online" before it is; so the network is asked, and again until it answers. Not
// while a code is held out: nobody takes the screen away at the till.

const ASK_EVERY_MS = 4000;
const PATIENCE_MS = 2000;

async function networkAnswers() {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    const answer = await fetch("/app/manifest.webmanifest", { cache: "no-store", signal });
    return answer.ok;
  } catch {
    return false; // still away
  }
}

async function comeBack() {
  if (document.visibilityState !== "visible" || document.querySelector("dialog[open]")) return;
  if (await networkAnswers()) window.location.assign("/app/");
}

window.addEventListener("online", comeBack);
setInterval(comeBack, ASK_EVERY_MS);
