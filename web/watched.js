// A job that somebody waits for: the tab's icon and title show how it goes, and its end is notified.
import { effect, signal } from "@preact/signals";
import { describeJobs } from "./api.js";
import { onChange } from "./live.js";
import { hasEnded } from "./states.js";

/** @type {import("@preact/signals").Signal<string | null>} */
export const watched = signal(sessionStorage.getItem("dray-watched"));

/** @param {string | null} id */
export function watchJob(id) {
  watched.value = id;
  if (id && "Notification" in globalThis && Notification.permission === "default") Notification.requestPermission();
}

const COLOURS = { RUNNING: "#1d6fd1", SUCCEEDED: "#1a7f43", FAILED: "#c62f2f" };

/** @param {string | null} state */
function paintIcon(state) {
  const link = /** @type {HTMLLinkElement | null} */ (document.getElementById("favicon"));
  if (!link) return;
  link.dataset.plain ??= link.href;
  const colour = COLOURS[/** @type {keyof COLOURS} */ (state ?? "")];
  link.href = !state ? link.dataset.plain : `data:image/svg+xml,${encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="14" fill="${colour ?? "#7a8699"}"/></svg>`)}`;
}

async function look() {
  const id = watched.value;
  if (!id) return;
  const [job] = await describeJobs([id]).catch(() => []);
  if (!job || watched.value !== id) return;
  paintIcon(job.status);
  if (!hasEnded(job.status)) return;
  watched.value = null;
  document.title = `${job.status}: ${job.jobName}`;
  if ("Notification" in globalThis && Notification.permission === "granted") {
    new Notification(`${job.jobName}: ${job.status}`, { body: job.statusReason ?? "" });
  }
}

effect(() => {
  if (watched.value) {
    sessionStorage.setItem("dray-watched", watched.value);
    look();
  } else {
    sessionStorage.removeItem("dray-watched");
  }
});
onChange((change) => {
  const id = watched.value?.replace(/:.*$/, "");
  if (id && (change.all || change.jobs.includes(id))) look();
});
