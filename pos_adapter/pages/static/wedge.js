// Hears a keyboard-wedge scanner anywhere on the page. A scanner types faster than people do:
// six characters with at most 35 ms between them, or anything after the prefix key. What it types
// never reaches a field; what turns out to be typed by hand is given back to its field.

const FAST_MS = 35;
const SILENCE_MS = 80;
const SHORTEST = 6;
const END_KEYS = new Set(["Enter", "Tab", "NumpadEnter"]);
const QUIET_KEYS = new Set(["Shift", "CapsLock", "AltGraph"]);

/**
 * Listen on `target` (a document) and call `onScan({typed, keys, before, field})` for every scan:
 * `before` is what stood in the field it began in: the scan's own beginning, if that came slowly.
 * `prefix` is the name of a key that announces a scan, such as "F9". Returns a function that stops.
 */
export function hearScanner(target, onScan, { prefix = "F9" } = {}) {
  const ear = new Ear(onScan, prefix);
  const listener = (event) => ear.key(event);
  target.addEventListener("keydown", listener, { capture: true });
  return () => target.removeEventListener("keydown", listener, { capture: true });
}

class Ear {
  constructor(onScan, prefix) {
    this.onScan = onScan;
    this.prefix = prefix;
    this.reset();
  }

  reset() {
    clearTimeout(this.timer);
    this.typed = [];
    this.codes = [];
    this.held = []; // characters that were kept from the field, in case a person typed them
    this.last = -Infinity;
    this.announced = false;
    this.field = null;
  }

  key(event) {
    if (event.isComposing || event.repeat || QUIET_KEYS.has(event.key)) return;
    if (event.key === this.prefix) return this.announce(event);
    const running = event.timeStamp - this.last <= (this.announced ? SILENCE_MS : FAST_MS);
    if (!running) this.giveBack();
    if (END_KEYS.has(event.key)) return this.end(event);
    if (event.ctrlKey || event.metaKey || (event.altKey && !event.getModifierState("AltGraph")))
      return;
    if (event.key.length !== 1 && event.key !== "Dead") return;
    this.take(event);
  }

  announce(event) {
    this.giveBack();
    swallow(event);
    this.announced = true;
    this.last = event.timeStamp;
    this.waitForSilence();
  }

  take(event) {
    const first = this.typed.length === 0 && !this.announced;
    if (first) this.field = snapshot(event.target);
    else swallow(event);
    const letter = event.key === "Dead" ? "" : event.key;
    this.typed.push(letter);
    this.codes.push(event.code);
    if (!first) this.held.push(letter);
    this.last = event.timeStamp;
    this.waitForSilence();
  }

  end(event) {
    if (this.isScan()) {
      swallow(event);
      this.finish();
    } else {
      this.giveBack();
    }
  }

  isScan() {
    return this.announced ? this.codes.length > 0 : this.codes.length >= SHORTEST;
  }

  waitForSilence() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      // Keys may be waiting behind this timer when the page was busy: let them come first.
      const last = this.last;
      setTimeout(() => this.last === last && (this.isScan() ? this.finish() : this.giveBack()), 0);
    }, SILENCE_MS);
  }

  finish() {
    const scan = {
      typed: this.typed.join(""),
      keys: this.codes,
      before: this.field?.value ?? "",
      field: this.field,
    };
    if (this.field) this.field.restore();
    this.reset();
    this.onScan(scan);
  }

  giveBack() {
    if (this.held.length && this.field) this.field.type(this.held.join(""));
    this.reset();
  }
}

function swallow(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

/** Remember a field as it was before the first character, which could not be held back. */
function snapshot(element) {
  const editable = element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement;
  if (!editable || element.readOnly || element.disabled) return null;
  const value = element.value;
  return {
    value,
    restore() {
      setValue(element, value);
    },
    clear() {
      setValue(element, "");
    },
    type(text) {
      setValue(element, element.value + text);
    },
  };
}

function setValue(element, value) {
  if (element.value === value) return;
  element.value = value;
  element.dispatchEvent(new Event("input", { bubbles: true }));
}
