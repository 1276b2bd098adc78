// Keeps the card at hand without a network. Rules over /app/ and nothing else.
//
// Two stores. SHELL: scripts, styles and icons, the same for everybody. POCKET: one page, the card
// as the phone may keep it (name, code, balance, level). No other answer is ever stored. The
// pocket is emptied whenever somebody signs in, signs out, or the server no longer knows her.
"use strict";

const KEPT = {{ kept | tojson }};
const SHELL = "palier-app-shell";
const POCKET = "palier-app-pocket";
const CARD = "/app/";
const POCKET_PAGE = "/app/pocket";
const NOTHING_PAGE = "/app/offline";
const PATIENCE_MS = 2500;
const SIGN_OUT = "/app/sign-out";
const CHANGES_WHO = ["/app/join", "/app/enter", SIGN_OUT];

self.addEventListener("install", (event) => {
  event.waitUntil(keepShell().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim().then(renew));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method === "POST") {
    if (CHANGES_WHO.includes(url.pathname)) event.waitUntil(emptyPocket());
    // Signing out is left to the browser, which obeys the Clear-Site-Data of the answer.
    const mayHelp = request.mode === "navigate" && url.pathname !== SIGN_OUT;
    if (mayHelp) event.respondWith(fetch(request).catch(nothingPage));
  } else if (request.method !== "GET") {
    return;
  } else if (request.mode === "navigate") {
    event.respondWith(page(event, url));
  } else if (url.pathname.startsWith("/static/")) {
    event.respondWith(fromShell(request));
  }
});

async function keepShell() {
  const shell = await caches.open(SHELL);
  await shell.addAll([...KEPT, NOTHING_PAGE]);
}

// What an older worker kept goes only when the pocket no longer needs it to be drawn.
async function renew() {
  if (!(await fillPocket())) return;
  const shell = await caches.open(SHELL);
  const wanted = [...KEPT, NOTHING_PAGE].map((path) => new URL(path, self.location).href);
  for (const kept of await shell.keys()) {
    if (!wanted.includes(kept.url)) await shell.delete(kept);
  }
}

// Network first. A network or a server that does not answer, or not in time, is no network: the
// card is shown, and whoever waits at the till does not.
async function page(event, url) {
  const pocket = await pocketPage();
  try {
    const answer = await answerInTime(event.request, pocket ? PATIENCE_MS : 0);
    if (answer.status >= 500 && pocket) return pocket;
    if (url.pathname === CARD && answer.ok) event.waitUntil(fillPocket());
    if (url.pathname === "/app/sign-in" && answer.ok) event.waitUntil(emptyPocket());
    return answer;
  } catch {
    return pocket || (await nothingPage());
  }
}

function answerInTime(request, patienceMs) {
  const answer = fetch(request);
  if (!patienceMs) return answer;
  const late = new Promise((_, refuse) => {
    setTimeout(() => refuse(new Error("late")), patienceMs);
  });
  return Promise.race([answer, late]);
}

// Resolves to whether the pocket is now as the server wants it: with her card, or empty.
async function fillPocket() {
  let answer;
  try {
    answer = await fetch(POCKET_PAGE, { credentials: "same-origin", redirect: "manual" });
  } catch {
    return false; // no network: what is in the pocket stays
  }
  if (answer.status >= 500) return false; // their trouble, not hers
  if (!answer.ok) {
    await emptyPocket();
    return true;
  }
  const pocket = await caches.open(POCKET);
  await pocket.put(POCKET_PAGE, answer);
  return true;
}

async function emptyPocket() {
  await caches.delete(POCKET);
}

async function pocketPage() {
  const pocket = await caches.open(POCKET);
  return pocket.match(POCKET_PAGE);
}

async function nothingPage() {
  const shell = await caches.open(SHELL);
  return (await shell.match(NOTHING_PAGE)) || Response.error();
}

async function fromShell(request) {
  const shell = await caches.open(SHELL);
  return (await shell.match(request)) || fetch(request);
}
