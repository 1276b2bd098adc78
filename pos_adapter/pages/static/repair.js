// Scanner text repair, the same as pos_adapter/wedge.py: what the scanner read, whatever the
// keyboard layout of this till made of it. Tests run one set of vectors through both.

export const MAX_TYPED = 200;
const EAN_LENGTHS = [8, 12, 13, 14];
const KIND_OF = { C23: "card", R35: "card", V23: "voucher", T35: "receipt" };
const ALPHABET = "BCDFGHJKLNPRSTVX";
const KEYS = {
  Backquote: "`",
  Minus: "-",
  Equal: "=",
  BracketLeft: "[",
  BracketRight: "]",
  Backslash: "\\",
  Semicolon: ";",
  Quote: "'",
  Comma: ",",
  Period: ".",
  Slash: "/",
  Space: " ",
};
const LETTERS = /^(?:[^0-9]{0,2}[0-9])?([BCDFGHJKLNPRSTVX]+)$/u;
const DIGITS = /^(?:[^0-9]{1,2}[0-9])?([0-9]+)$/u;

/**
 * Return {kind, code, layout}: kind is card, voucher, receipt, ean or text.
 *
 * `tables` maps a layout's name to its keys, plain and shifted, in the order of the US layout;
 * `keys` are the physical keys that were pressed.
 */
export function readScan(typed, tables, keys = []) {
  const text = [...typed]
    .filter((letter) => !/[\p{C}\p{Zl}\p{Zp}]/u.test(letter))
    .slice(0, MAX_TYPED)
    .join("");
  for (const [layout, reading] of readings(text, tables, keys.slice(0, MAX_TYPED))) {
    const found = recognise(reading);
    if (found) return { ...found, layout };
  }
  return { kind: "text", code: text.trim(), layout: "typed" };
}

/**
 * Read a scan that may have come in pieces, because the scanner or this till stumbled: with what
 * stood in the field before it, or with the piece that came just before.
 */
export class PatientReader {
  constructor(tables, patienceMs = 700) {
    Object.assign(this, { tables, patienceMs, piece: "", at: -Infinity });
  }

  read({ typed, keys = [], before = "", field = null }, nowMs) {
    const earlier = nowMs - this.at <= this.patienceMs ? this.piece : "";
    const tries = [
      [typed, keys],
      [before + typed, []],
      [earlier + typed, []],
    ];
    for (const [text, codes] of tries) {
      const scan = readScan(text, this.tables, codes);
      if (scan.kind === "text") continue;
      if (text !== typed) field?.clear();
      this.piece = "";
      return scan;
    }
    Object.assign(this, { piece: earlier + typed, at: nowMs });
    return readScan(typed, this.tables, keys);
  }
}

/** Tell whether the last digit checks the others (GS1: weights 3 and 1 from the right). */
export function eanOk(digits) {
  if (!EAN_LENGTHS.includes(digits.length) || !/^[0-9]+$/.test(digits)) return false;
  const weighted = [...digits].reverse().map((digit, i) => Number(digit) * (i % 2 ? 3 : 1));
  return weighted.reduce((sum, part) => sum + part, 0) % 10 === 0;
}

function* readings(text, tables, keys) {
  yield ["typed", text.toUpperCase()];
  for (const name of Object.keys(tables)) {
    const reading = retyped(text, keyOf(tables, name));
    if (reading !== null) yield [name, reading];
  }
  if (keys.length) yield ["keys", keys.map(onUsKeyboard).join("")];
}

/** Shift and Caps Lock only choose between the two letters of a key: the key is what counts. */
function retyped(text, table) {
  const letters = [...text].map((letter) => table.get(letter));
  return letters.includes(undefined) ? null : letters.join("");
}

const compiled = new Map();

function keyOf(tables, name) {
  if (!compiled.has(name)) compiled.set(name, compileLayout(tables, name));
  return compiled.get(name);
}

function compileLayout(tables, name) {
  const us = [...tables.us[0]];
  const table = new Map([[" ", " "]]);
  const [plain, shifted] = tables[name];
  for (const row of [shifted, plain]) {
    // the plain row last: it wins
    [...row].forEach((letter, i) => table.set(letter, us[i].toUpperCase()));
  }
  for (const [letter, key] of [...table]) {
    for (const other of [letter.toLowerCase(), letter.toUpperCase()]) {
      if ([...other].length === 1 && !table.has(other)) table.set(other, key);
    }
  }
  return table;
}

function onUsKeyboard(key) {
  const letter = /^(?:Key|Digit|Numpad)(.)$/.exec(key);
  return letter ? letter[1] : (KEYS[key] ?? "");
}

function recognise(reading) {
  const dense = reading.replaceAll(" ", "").replaceAll("-", "");
  const code = LETTERS.exec(dense)?.[1];
  if (code) {
    const kind = KIND_OF[code[0] + code.length];
    if (kind && checkLettersOk(code)) return { kind, code };
  }
  const digits = DIGITS.exec(dense)?.[1];
  return digits && eanOk(digits) ? { kind: "ean", code: digits } : null;
}

/** Tell whether the last two letters check the others: CRC-8 (polynomial 7) of 4-bit values. */
export function checkLettersOk(code) {
  const values = [...code].map((letter) => ALPHABET.indexOf(letter));
  const [high, low] = values.slice(-2);
  return crc8(values.slice(0, -2)) === high * 16 + low;
}

function crc8(values) {
  let remainder = 0;
  for (const value of values) {
    remainder ^= value << 4;
    for (let bit = 0; bit < 4; bit += 1) {
      const carry = remainder & 0x80;
      remainder = ((remainder << 1) & 0xff) ^ (carry ? 0x07 : 0);
    }
  }
  return remainder;
}
