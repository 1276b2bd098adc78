// What survives a reload: the basket in hand, the sales not yet sent, the receipt numbers.
// Only codes, articles and numbers are kept; nobody's name.

import { boot } from "./boot.js";

const name = (key) => `palier.till.${boot.terminal_id}.${key}`;

export function load(key, fallback) {
  try {
    const text = localStorage.getItem(name(key));
    return text === null ? fallback : JSON.parse(text);
  } catch {
    return fallback; // storage refused, or written by something else
  }
}

/** Keep `value`; `undefined` forgets. Tells whether it was kept. */
export function save(key, value) {
  try {
    if (value === undefined) localStorage.removeItem(name(key));
    else localStorage.setItem(name(key), JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}
