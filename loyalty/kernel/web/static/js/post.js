// One way to talk to the server: JSON out, JSON or problem+json in, never an exception.

const TIMEOUT_MS = 10000;

/**
 * Send a request. Resolves to one of
 *   {ok: true,  status, data}
 *   {ok: false, status, problem}   the server refused: problem is an RFC 9457 document
 *   {ok: false, status: 0, problem} no answer: problem.type is "offline" or "timeout"
 * options: method (POST), headers, timeoutMs, key (Idempotency-Key: the same on every retry).
 */
export async function send(url, body, options = {}) {
  const { method = "POST", headers = {}, timeoutMs = TIMEOUT_MS, key = "" } = options;
  const request = {
    method,
    headers: { Accept: "application/json, application/problem+json", ...csrf(), ...headers },
    credentials: "same-origin",
    redirect: "error",
    signal: AbortSignal.timeout(timeoutMs),
  };
  if (key) request.headers["Idempotency-Key"] = key;
  if (body != null) {
    request.headers["Content-Type"] = "application/json";
    request.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(url, request);
  } catch (error) {
    return unanswered(error);
  }
  return read(response);
}

/** Read something. The same result as send. */
export const get = (url, options = {}) => send(url, undefined, { ...options, method: "GET" });

function csrf() {
  const meta = document.querySelector('meta[name="csrf-token"]');
  return meta ? { "X-CSRF-Token": meta.content } : {};
}

function unanswered(error) {
  const type = error.name === "TimeoutError" ? "timeout" : "offline";
  return { ok: false, status: 0, problem: { type, title: "", status: 0, detail: "" } };
}

async function read(response) {
  const { status } = response;
  const data = await parsed(response);
  if (response.ok) return { ok: true, status, data };
  if (data?.title) return { ok: false, status, problem: data };
  return { ok: false, status, problem: { type: "", title: "", status, detail: "" } };
}

async function parsed(response) {
  try {
    return await response.json();
  } catch {
    return null; // an empty or cut answer carries no data
  }
}
