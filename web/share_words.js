// What a share of a fair-share queue uses, in numbers and words. Pure.
import { mebibytes, vcpus } from "./format.js";

/** @typedef {{vcpus: number, memoryMiB: number, gpus: number}} Amounts */
/** @typedef {"vcpus" | "memoryMiB" | "gpus"} Resource */

const gpus = (/** @type {number} */ n) => `${round(n)} ${n === 1 ? "GPU" : "GPUs"}`;
const WORDS = { vcpus, memoryMiB: mebibytes, gpus };
const NAMES = { vcpus: "vCPUs", memoryMiB: "memory", gpus: "GPUs" };

/** @param {number} n */
const round = (n) => Math.round(n * 1000) / 1000;

/** "2 vCPUs". @param {Resource} resource @param {number} n */
export const amount = (resource, n) => WORDS[resource](n);

/** Without agents nothing is a part of anything: vCPUs are told then. @param {any} share @returns {Resource} */
export const dominantOf = (share) => share.dominant ?? "vcpus";

/** "vCPUs". @param {any} share */
export const dominantName = (share) => NAMES[dominantOf(share)];

/** "1 of 4 vCPUs". @param {any} share @param {Amounts} capacity */
export function useNow(share, capacity) {
  const resource = dominantOf(share);
  const part = share.now[resource];
  const whole = capacity[resource];
  if (!(whole > 0)) return { part, whole, text: amount(resource, part) };
  return { part, whole, text: resource === "memoryMiB" ? `${mebibytes(part)} of ${mebibytes(whole)}` : `${round(part)} of ${amount(resource, whole)}` };
}

/** Small numbers keep what tells them apart. @param {number} n */
export function ratio(n) {
  if (n === 0) return "0";
  if (n < 0.001) return "< 0.001";
  return n >= 100 ? String(Math.round(n)) : n.toPrecision(n >= 0.1 ? 3 : 2).replace(/\.?0+$/, "");
}

/** What computeReservation keeps free, in percent of all vCPUs. @param {number} percent @param {number} active */
export const keptFree = (percent, active) => (percent > 0 ? 100 * (percent / 100) ** active : 0);
