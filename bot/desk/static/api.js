// The server's API. Everything that goes wrong is a Refused.

import { tellLink } from "./link.js";
import { learnTime } from "./server_clock.js";
import { askToSignIn, csrfToken, renewSession } from "./session.js";

const ANSWER_WITHIN_MS = 15_000;

export class Refused extends Error {
  /** Status 0: the server was not reached, and what became of the request is not known. */
  constructor(status, code = "", message = "") {
    super(message || code || `status ${status}`);
    this.status = status;
    this.code = code;
  }

  get mayWorkLater() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }

  /** In a sentence, for the person. */
  get words() {
    if (this.status === 0) return "Nightdesk can't be reached.";
    if (this.status === 401) return "You are signed out.";
    if (this.status === 503) return "The store is away.";
    if (this.status >= 500) return "Something went wrong on our side.";
    const words = this.message.charAt(0).toUpperCase() + this.message.slice(1);
    return /[.!?]$/u.test(words) ? words : `${words}.`;
  }
}

/** GET /api/PATH; `query` maps names to values, empty ones are left out. */
export function read(path, query = {}, options = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  const search = new URLSearchParams(given).toString();
  return request("GET", search ? `${path}?${search}` : path, undefined, options);
}

/** A request that changes something; a stale token is renewed once. */
export async function write(method, path, body = {}) {
  try {
    return await request(method, path, body);
  } catch (error) {
    if (error.status !== 403 || !/csrf/u.test(error.code) || !(await renewed())) throw error;
    return request(method, path, body);
  }
}

/** The open event stream. @param {AbortSignal} signal @returns {Promise<Response>} */
export async function openStream(path, signal) {
  return checked(await reached(path, { headers: { Accept: "text/event-stream" }, signal }));
}

async function request(method, path, body, { signal } = {}) {
  const headers = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRF-Token"] = csrfToken();
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const within = AbortSignal.timeout(ANSWER_WITHIN_MS);
  const began = performance.now();
  const answer = await reached(path, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: signal && AbortSignal.any ? AbortSignal.any([signal, within]) : within,
  });
  const tripMs = performance.now() - began;
  const document = await (await checked(answer)).json().catch(() => ({}));
  if (document.now) learnTime(document.now, tripMs);
  return document;
}

async function reached(path, options) {
  try {
    const answer = await fetch(`/api/${path}`, { cache: "no-store", ...options });
    tellLink({ reached: true });
    return answer;
  } catch (error) {
    if (options.signal?.aborted && options.signal.reason?.name !== "TimeoutError") throw error;
    throw new Refused(0, "unreachable");
  }
}

async function checked(answer) {
  tellLink({ store: answer.status !== 503 });
  if (answer.ok) return answer;
  const { error } = await answer.json().catch(() => ({}));
  if (answer.status === 401) askToSignIn();
  throw new Refused(answer.status, error?.code, error?.message);
}

async function renewed() {
  try {
    return await renewSession();
  } catch {
    return false;
  }
}
