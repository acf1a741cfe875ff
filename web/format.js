// Numbers and times as people read them. Pure.

const UNITS = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];

/** 83 -> "1 min 23 s"; under ten seconds with a tenth. @param {number} ms */
export function duration(ms) {
  if (!Number.isFinite(ms) || ms < 0) return "";
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  let rest = Math.round(seconds);
  const words = [];
  for (const [unit, size] of UNITS) {
    const n = Math.floor(rest / Number(size));
    if (n > 0 || (words.length > 0 && words.length < 2)) {
      if (n > 0) words.push(`${n} ${unit}`);
      rest -= n * Number(size);
    }
    if (words.length === 2) break;
  }
  return words.join(" ");
}

/** "3 min ago". @param {number} at @param {number} now epoch ms */
export function ago(at, now) {
  const past = now - at;
  if (past < 5000) return "just now";
  let rest = Math.floor(past / 1000);
  for (const [unit, size] of UNITS) {
    if (rest >= Number(size)) return `${Math.floor(rest / Number(size))} ${unit} ago`;
  }
  return "just now";
}

/** @param {number} n */
export const count = (n) => n.toLocaleString("en-US");

/** 1536 -> "1.5 GiB". @param {number} mib */
export function mebibytes(mib) {
  if (mib < 1024) return `${trim(mib)} MiB`;
  return `${trim(mib / 1024)} GiB`;
}

/** @param {number} kib */
export const kibibytes = (kib) => (kib < 1024 ? `${Math.round(kib)} KiB` : mebibytes(kib / 1024));

/** @param {number} n */
function trim(n) {
  return n >= 100 ? String(Math.round(n)) : String(Math.round(n * 10) / 10);
}

/** @param {number} n */
export const vcpus = (n) => `${Math.round(n * 1000) / 1000} ${n === 1 ? "vCPU" : "vCPUs"}`;

/** @param {number} part @param {number} whole */
export const percent = (part, whole) => (whole > 0 ? `${Math.round((100 * part) / whole)} %` : "");

const pad = (/** @type {number} */ n) => String(n).padStart(2, "0");

/** Local time, with the date unless it is today. @param {number} ms @param {number} [now] */
export function clock(ms, now = Date.now()) {
  const at = new Date(ms);
  const time = `${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}`;
  return at.toDateString() === new Date(now).toDateString() ? time
    : `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())} ${time}`;
}

/** The name at the end of an ARN, or the text itself. @param {string} arn */
export const nameOf = (arn) => arn.slice(arn.lastIndexOf("/") + 1);

/** The command as one would type it. @param {string[]} words */
export const commandLine = (words) =>
  words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");

/** The id of the job itself, without child or node. @param {string} id */
export const parentOf = (id) => id.replace(/[:#].*$/, "");

/** ":3" of a child, "#3" of a node. @param {string} id */
export const placeOf = (id) => id.slice(parentOf(id).length);
