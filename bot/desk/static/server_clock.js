// The server's time: a laptop's clock may be wrong, a countdown may not.

let ahead = 0;
let bestTripMs = Infinity;
let learnedAt = -Infinity;

const TRUSTED_MS = 10 * 60_000;

/** What an answer says about the time there. `tripMs`: how long it took; a shorter trip knows better. */
export function learnTime(at, tripMs) {
  const server = new Date(at).getTime();
  const stale = performance.now() - learnedAt > TRUSTED_MS;
  if (Number.isNaN(server) || (tripMs > bestTripMs && !stale)) return;
  ahead = server + tripMs / 2 - Date.now();
  bestTripMs = tripMs;
  learnedAt = performance.now();
}

/** Milliseconds since 1970 on the server. */
export function serverNow() {
  return Date.now() + ahead;
}
