// Receipt numbers: 1, 2, 3 ... in each business day of this till, sales and returns together.
// The greater of what this browser and what the server remember goes on.

import { boot, today } from "./boot.js";
import { load, save } from "./storage.js";
import { get } from "palier/post";

/** Take the next number: {business_on, sequence}. It is kept before it is used. */
export function takeNumber() {
  const day = today();
  const sequence = Math.max(
    load("numbers", {})[day] ?? 1,
    day === boot.counter.business_on ? boot.counter.next_sequence : 1,
  );
  save("numbers", { [day]: sequence + 1 });
  return { business_on: day, sequence };
}

/** Ask the server where to go on, after it said that a number was taken. */
export async function catchUp() {
  const day = today();
  const answer = await get(`${boot.api}/counter?business_on=${day}`);
  if (!answer.ok) return false;
  const known = load("numbers", {})[day] ?? 1;
  save("numbers", { [day]: Math.max(known, answer.data.next_sequence) });
  return true;
}
