// Asking the server, and what to show when it refuses.

import { boot, t } from "./boot.js";
import { get, send } from "palier/post";

/** Ask; without a body it is a look-up. A session that ended leads to the sign-in page. */
export async function ask(path, body) {
  const url = boot.api + path;
  const answer = body === undefined ? await get(url) : await send(url, body);
  leaveIfSignedOut(answer);
  return answer;
}

/** Go and sign in again when the answer says so; the basket waits. */
export function leaveIfSignedOut({ status, problem }) {
  if (status === 401) location.assign(boot.urls.sign_in);
  else if (status === 403 && problem?.type === "/problems/forged-request") location.reload();
}

/** The slug of a refusal. */
export const slugOf = (problem) => problem.type.replace("/problems/", "");

/** A refusal as {title, text} for people. */
export function problemText(problem) {
  if (problem.status === 0) {
    return {
      title: t("No answer from the server"),
      text: t("Check the network. The basket is kept."),
    };
  }
  return {
    title: problem.title || t("Something went wrong"),
    text: firstError(problem) ?? problem.detail,
  };
}

/** The first sentence about a field, when the refusal is about fields. */
function firstError({ errors }) {
  let found = errors;
  while (found && typeof found === "object") found = Object.values(found)[0];
  return typeof found === "string" ? found : null;
}
