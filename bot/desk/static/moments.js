// Moments and spans in words. Moments are shown in the reader's zone; "now" is the server's.

import { serverNow } from "./server_clock.js";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const SOON_MS = 30 * MINUTE_MS;

const locale = navigator.languages.find((known) => known.startsWith("en")) ?? "en-GB";
const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const weekday = new Intl.DateTimeFormat(locale, { weekday: "short" });
const date = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
const longDay = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
const full = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "long", hourCycle: "h23" });

/** Days from today's midnight to that of `at`. */
function daysTo(at) {
  const midnight = (moment) => new Date(moment).setHours(0, 0, 0, 0);
  return Math.round((midnight(at) - midnight(serverNow())) / DAY_MS);
}

/** "10:30" */
export function hourOf(at) {
  return clock.format(new Date(at));
}

/** "10:30" today, "tomorrow 09:00", "Mon 09:00" within six days, else "12 Mar 09:00". */
export function momentOf(at) {
  const days = daysTo(at);
  const near = { "-1": "yesterday ", 0: "", 1: "tomorrow " }[days];
  if (near !== undefined) return near + hourOf(at);
  const day = Math.abs(days) < 7 ? weekday : date;
  return `${day.format(new Date(at))} ${hourOf(at)}`;
}

/** "Today", "Yesterday", or the weekday with its date. */
export function dayOf(at) {
  return { "-1": "Yesterday", 0: "Today", 1: "Tomorrow" }[daysTo(at)] ?? longDay.format(new Date(at));
}

/** Everything about a moment, for a tooltip. */
export function fullMomentOf(at) {
  return full.format(new Date(at));
}

/** "45 s", "12 min", "1 h 05 min", "3 d 4 h": two units, rounded down. */
export function spanOf(milliseconds) {
  const left = Math.abs(milliseconds);
  if (left < MINUTE_MS) return `${Math.floor(left / 1000)} s`;
  if (left < HOUR_MS) return `${Math.floor(left / MINUTE_MS)} min`;
  if (left < DAY_MS) {
    const minutes = Math.floor((left % HOUR_MS) / MINUTE_MS);
    return `${Math.floor(left / HOUR_MS)} h ${String(minutes).padStart(2, "0")} min`;
  }
  return `${Math.floor(left / DAY_MS)} d ${Math.floor((left % DAY_MS) / HOUR_MS)} h`;
}

/** What is left until `due`: words, and how pressing it is. */
export function leftUntil(due) {
  const left = new Date(due).getTime() - serverNow();
  if (left < 0) return { text: `overdue by ${spanOf(left)}`, level: "over" };
  return { text: `in ${spanOf(left)}`, level: left < SOON_MS ? "soon" : "later" };
}

export function minutesBetween(one, other) {
  return Math.abs(new Date(other) - new Date(one)) / MINUTE_MS;
}
