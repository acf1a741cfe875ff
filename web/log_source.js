// Fetches an attempt's log: first its last lines, then what is written, and earlier lines on wish.
import { getBytes, idPath } from "./api.js";
import { LineReader } from "./log_records.js";

const TAIL_LINES = 1000;
const PIECE = 512 * 1024;
/** A log up to here is fetched whole, once its end is shown. */
const WHOLE_MAX = 16 * 1024 * 1024;

/** @typedef {import("./log_records.js").Line} Line */

export class LogSource {
  /** @param {string} id @param {number | null} attempt */
  constructor(id, attempt) {
    this.path = `/dray/v1/jobs/${idPath(id)}/log`;
    this.attempt = attempt;
    this.begin = 0;
    this.end = 0;
    this.size = 0;
    this.isComplete = false;
    this.reader = new LineReader();
  }

  /** @param {string} what @param {Record<string, number | null>} query */
  async fetch(what, query) {
    const asked = new URLSearchParams();
    for (const [name, value] of Object.entries({ attempt: this.attempt, ...query })) if (value !== null) asked.set(name, String(value));
    const { bytes, headers } = await getBytes(`${this.path}${what}?${asked}`);
    const number = (/** @type {string} */ name) => Number(headers.get(name) ?? 0);
    return { bytes, offset: number("X-Dray-Log-Offset"), end: number("X-Dray-Log-End"), size: number("X-Dray-Log-Size"),
      isComplete: headers.get("X-Dray-Log-Complete") === "true" || headers.get("X-Dray-Log-Complete") === "1", attempt: number("X-Dray-Attempt") };
  }

  /** The last lines. @returns {Promise<Line[]>} */
  async tail() {
    const piece = await this.fetch("/tail", { lines: TAIL_LINES });
    this.begin = piece.offset;
    this.attempt = piece.attempt || this.attempt;
    return this.took(piece);
  }

  /** What came since. @returns {Promise<Line[]>} */
  async more() {
    return this.took(await this.fetch("", { offset: this.end, bytes: PIECE }));
  }

  get canFill() { return this.begin > 0 && this.size <= WHOLE_MAX; }

  /** All lines from the beginning to what was read already. @returns {Promise<Line[]>} */
  async fill() {
    const reader = new LineReader();
    /** @type {Line[]} */
    const lines = [];
    for (let at = 0; at < this.end;) {
      const piece = await this.fetch("", { offset: at, bytes: Math.min(PIECE, this.end - at) });
      if (piece.end <= at) break;
      for (const line of reader.take(piece.bytes, piece.offset)) lines.push(line);
      at = piece.end;
      this.end = Math.max(this.end, at);
    }
    if (this.isComplete) reader.flush(lines);
    this.reader = reader;
    this.begin = 0;
    return lines;
  }

  /** Lines before the first. @returns {Promise<Line[]>} */
  async earlier() {
    const piece = await this.fetch("/tail", { lines: TAIL_LINES, before: this.begin });
    this.begin = piece.offset;
    const reader = new LineReader();
    const lines = reader.take(piece.bytes, piece.offset);
    reader.flush(lines);
    return lines;
  }

  /** @param {{bytes: Uint8Array, offset: number, end: number, size: number, isComplete: boolean}} piece */
  took(piece) {
    const lines = this.reader.take(piece.bytes, piece.offset);
    this.end = piece.end;
    this.size = piece.size;
    this.isComplete = piece.isComplete && piece.end >= piece.size;
    if (this.isComplete) this.reader.flush(lines);
    return lines;
  }

  get hasEarlier() { return this.begin > 0; }
  get rawUrl() { return `${this.path}/raw${this.attempt ? `?attempt=${this.attempt}` : ""}`; }
}
