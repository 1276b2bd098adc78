// What the server told this page, and the words and figures in the cashier's language.

export const boot = JSON.parse(document.getElementById("boot").textContent);

const skewMs = Date.parse(boot.now) - Date.now();

/** The time by the server's clock: a till's own clock may be wrong by years. */
export const now = () => new Date(Date.now() + skewMs);

/** The business day in the store: YYYY-MM-DD. */
export function today() {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: boot.zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  }).formatToParts(now());
  const part = (type) => parts.find((found) => found.type === type).value;
  return `${part("year")}-${part("month")}-${part("day")}`;
}

/** A message in the language of the page, with {name} filled in. */
export function t(message, values = {}) {
  return fill(boot.words[message] ?? message, values);
}

/** The form of a message that fits a count; {n} is the count as people write it. */
export function tn(one, many, count, values = {}) {
  const single = boot.language === "fr" ? Math.abs(count) < 2 : count === 1;
  return t(single ? one : many, { n: number(count), ...values });
}

export const number = (value) => new Intl.NumberFormat(boot.locale).format(value);

/** An amount of the programme's currency, given in its minor unit. */
export function money(minor) {
  return new Intl.NumberFormat(boot.locale, { style: "currency", currency: boot.currency }).format(
    minor / 10 ** boot.minor_digits,
  );
}

export const points = (count) => tn("{n} point", "{n} points", count);

/** A day for people, given as YYYY-MM-DD. */
export function dayText(day) {
  return new Intl.DateTimeFormat(boot.locale, { dateStyle: "long", timeZone: "UTC" }).format(
    new Date(`${day}T00:00:00Z`),
  );
}

/** The day before a YYYY-MM-DD. */
export function dayBefore(day) {
  const instant = new Date(`${day}T00:00:00Z`);
  instant.setUTCDate(instant.getUTCDate() - 1);
  return instant.toISOString().slice(0, 10);
}

/** Thousandths of a unit as the wire wants them: a whole number, or text with three decimals. */
export function quantityOut(milli) {
  return milli % 1000 === 0 ? milli / 1000 : (milli / 1000).toFixed(3);
}

/** Thousandths of a unit, from the wire. */
export const quantityIn = (quantity) => Math.round(Number(quantity) * 1000);

/** A quantity for people: 2, or 0,350 kg. */
export function quantityText(milli, soldBy) {
  const figure = number(milli / 1000);
  return soldBy === "weight" ? `${figure} kg` : figure;
}

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) =>
    name in values ? String(values[name]) : whole,
  );
}
