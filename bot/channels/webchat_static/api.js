// The server: sessions, messages and events. Everything that goes wrong is a Refused.

const BASE = new URL("../", import.meta.url);
const ANSWER_WITHIN_MS = 15_000;
const RENEW_AFTER_MS = 24 * 3600 * 1000;

export class Refused extends Error {
  // Status 0: the server was not reached.
  constructor(status, code = "", waitMs = 0) {
    super(code || `status ${status}`);
    this.status = status;
    this.code = code;
    this.waitMs = waitMs;
  }

  get mayWorkLater() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

export class Api {
  #memory;
  #beginning = null;
  onNewSession = () => {};

  constructor(memory) {
    this.#memory = memory;
  }

  async config(language) {
    const query = language ? `?language=${encodeURIComponent(language)}` : "";
    return (await request(`config${query}`)).json();
  }

  async send(message) {
    const body = JSON.stringify(message);
    const headers = { "Content-Type": "application/json" };
    return (await this.#authorised("messages", { method: "POST", body, headers })).json();
  }

  async messages(after) {
    return (await this.#authorised(`messages?after=${after}`)).json();
  }

  // Calls on.alive at every sign of life, on.message and on.typing; returns when the stream ends.
  async follow(after, on, signal) {
    const answer = await this.#authorised(`events?after=${after}`, { signal });
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    try {
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        on.alive();
        const blocks = (rest + value).split("\n\n");
        rest = blocks.pop();
        blocks.forEach((block) => dispatch(block, on));
      }
    } catch {
      throw new Refused(0, "stream_broken");
    }
  }

  async #authorised(path, options = {}) {
    try {
      return await request(path, await this.#signed(options));
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 401) throw error;
      this.#memory.forget("session");
      this.onNewSession();
      return request(path, await this.#signed(options));
    }
  }

  async #signed(options) {
    const session = await this.#session();
    return { ...options, headers: { ...options.headers, Authorization: `Bearer ${session}` } };
  }

  async #session() {
    const known = this.#memory.get("session");
    if (known && Date.now() - known.at < RENEW_AFTER_MS) return known.token;
    this.#beginning ??= this.#begin(known).finally(() => (this.#beginning = null));
    return this.#beginning;
  }

  async #begin(known) {
    const headers = known ? { Authorization: `Bearer ${known.token}` } : {};
    const answer = await (await request("sessions", { method: "POST", headers })).json();
    this.#memory.set("session", { token: answer.session, at: Date.now() });
    return answer.session;
  }
}

async function request(path, options = {}) {
  const signal = options.signal ?? AbortSignal.timeout?.(ANSWER_WITHIN_MS);
  let answer;
  try {
    answer = await fetch(new URL(path, BASE), { cache: "no-store", ...options, signal });
  } catch {
    throw new Refused(0, "unreachable");
  }
  if (answer.ok) return answer;
  const waitMs = 1000 * (Number(answer.headers.get("Retry-After")) || 0);
  const body = await answer.json().catch(() => ({}));
  throw new Refused(answer.status, body.error?.code, waitMs);
}

function dispatch(block, on) {
  let name = "";
  let data = "";
  for (const row of block.split("\n")) {
    if (row.startsWith("event: ")) name = row.slice(7);
    if (row.startsWith("data: ")) data += row.slice(6);
  }
  if (name === "message") on.message(JSON.parse(data));
  if (name === "typing") on.typing(JSON.parse(data).on);
}
