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
const CHANGES_WHO = ["/app/join", "/app/enter", "/app/sign-out"];

self.addEventListener("install", (event) => {
  event.waitUntil(keepShell().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim().then(fillPocket));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method === "POST") {
    if (CHANGES_WHO.includes(url.pathname)) event.waitUntil(emptyPocket());
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
  const wanted = [...KEPT, NOTHING_PAGE];
  for (const old of await shell.keys()) await shell.delete(old);
  await shell.addAll(wanted);
}

// Network first. A network that does not answer in time is no network: the card is shown, and
// whoever waits at the till does not.
async function page(event, url) {
  const pocket = await pocketPage();
  try {
    const answer = await answerInTime(event.request, pocket ? PATIENCE_MS : 0);
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

async function fillPocket() {
  let answer;
  try {
    answer = await fetch(POCKET_PAGE, { credentials: "same-origin", redirect: "manual" });
  } catch {
    return; // no network: what is in the pocket stays
  }
  if (!answer.ok) {
    await emptyPocket();
    return;
  }
  const pocket = await caches.open(POCKET);
  await pocket.put(POCKET_PAGE, answer);
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
