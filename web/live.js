// What has changed, as the scheduler tells it: one event stream for all tabs of a browser, held by
// the tab that has the lock, passed on over a channel. A hidden tab does not ask for anything.
import { signal } from "@preact/signals";

/** @typedef {{jobs: string[], queues: string[], agents: boolean, overview: boolean, all: boolean}} Change */

/** "live", "paused", "lost": shown in the head of the page. */
export const liveState = signal("live");
export const isPaused = signal(false);

/** @type {Set<(change: Change) => void>} */
const listeners = new Set();
const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("dray-changes") : null;

/** @param {Change} change */
function tell(change) {
  if (isPaused.value || document.hidden) {
    hasMissed = true;
    return;
  }
  for (const listener of listeners) listener(change);
}
let hasMissed = false;
const FIRST_WAIT = 2_000;
const LAST_WAIT = 60_000;
const QUIETLY = { jobs: [], queues: [], agents: true, overview: true, all: false };
const EVERYTHING = { jobs: [], queues: [], agents: true, overview: true, all: true };

function catchUp() {
  if (hasMissed && !isPaused.value && !document.hidden) {
    hasMissed = false;
    tell(EVERYTHING);
  }
}
document.addEventListener("visibilitychange", catchUp);

/** @param {(change: Change) => void} listener @returns {() => void} ends it */
export function onChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function togglePause() {
  isPaused.value = !isPaused.value;
  catchUp();
}

/** @param {string} kind @param {unknown} what */
function pass(kind, what) {
  channel?.postMessage({ kind, what });
  take(kind, what);
}

/** @param {string} kind @param {any} what */
function take(kind, what) {
  if (kind === "state") liveState.value = what;
  else tell(what);
}
channel?.addEventListener("message", (event) => take(event.data.kind, event.data.what));

/** Holds the stream until the signal says to let go: the tab is hidden. @param {AbortSignal} signal */
const lead = (signal) => new Promise((done) => {
  let wait = FIRST_WAIT;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {EventSource} */
  let source;
  const open = () => {
    source = new EventSource("/dray/v1/events");
    source.addEventListener("open", () => {
      wait = FIRST_WAIT;
      pass("state", "live");
      pass("change", EVERYTHING);  // What came to pass while nobody listened.
    });
    source.addEventListener("change", (event) => pass("change", JSON.parse(event.data)));
    source.addEventListener("resync", () => pass("change", EVERYTHING));
    source.addEventListener("error", () => {
      if (signal.aborted) return;
      pass("state", "lost");
      if (source.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(open, wait);  // Refused: too many streams, perhaps. Less and less often.
      wait = Math.min(LAST_WAIT, wait * 2);
    });
  };
  open();
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    source.close();
    done(undefined);
  });
});

/** @type {AbortController | null} */
let turn = null;

/** A hidden tab gives the stream to one that is seen; when none is seen there is no stream. */
function standForLead() {
  if (document.hidden) {
    turn?.abort();
    turn = null;
  } else if (!turn) {
    turn = new AbortController();
    const { signal } = turn;
    if (!navigator.locks) lead(signal);
    else navigator.locks.request("dray-events", { signal }, () => lead(signal)).catch(() => {});
  }
}

let isStarted = false;

/** Once somebody is signed in. */
export function startLive() {
  if (isStarted) return;
  isStarted = true;
  document.addEventListener("visibilitychange", standForLead);
  standForLead();
  // That a machine falls silent is no change that anybody wrote down: ask now and then.
  setInterval(() => {
    if (!document.hidden && !isPaused.value) for (const listener of listeners) listener(QUIETLY);
  }, 10_000);
}
