// A job's output as it lies on disk (model/log_record.h) turned into lines. Pure.

/** @typedef {{stream: number, at: number, text: string, offset: number, colour: string}} Line
 * `colour`: what was switched on before the line began, as a terminal's sequences. */

const HEAD = 16;
export const NOTE = 3;

/** Splits records into lines; what has no end yet is kept for the next bytes, a stream for itself. */
export class LineReader {
  constructor() {
    /** @type {Map<number, Line>} */
    this.open = new Map();
    /** @type {Map<number, string>} */
    this.colours = new Map();
    /** @type {Map<number, TextDecoder>} */
    this.decoders = new Map();
  }

  /** @param {Uint8Array} bytes whole records @param {number} offset of the first @returns {Line[]} */
  take(bytes, offset) {
    /** @type {Line[]} */
    const lines = [];
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    while (at + HEAD <= bytes.length) {
      const length = view.getUint32(at, true);
      if (at + HEAD + length > bytes.length) break;
      const stream = bytes[at + 4];
      const time = Number(view.getBigInt64(at + 8, true));
      this.takeRecord(lines, stream, time, bytes.subarray(at + HEAD, at + HEAD + length), offset + at);
      at += HEAD + length;
    }
    return lines;
  }

  /** @param {Line[]} lines @param {number} stream @param {number} at @param {Uint8Array} bytes @param {number} offset */
  takeRecord(lines, stream, at, bytes, offset) {
    let decoder = this.decoders.get(stream);
    if (!decoder) this.decoders.set(stream, decoder = new TextDecoder());
    const parts = decoder.decode(bytes, { stream: true }).split("\n");
    const begun = this.open.get(stream);
    for (let i = 0; i < parts.length; i += 1) {
      const isFirst = i === 0 && begun;
      const colour = isFirst ? begun.colour : this.colours.get(stream) ?? "";
      const line = { stream, colour, at: isFirst ? begun.at : at, offset: isFirst ? begun.offset : offset, text: (isFirst ? begun.text : "") + parts[i] };
      if (i < parts.length - 1) {
        lines.push(line);
        this.colours.set(stream, colourAfter(colour, line.text));
      }
      else if (line.text === "") this.open.delete(stream);
      else this.open.set(stream, line);
    }
    if (stream === NOTE) this.flush(lines, NOTE);
  }

  /** What the job wrote last without ending the line. @param {Line[]} lines @param {number} [only] */
  flush(lines, only) {
    for (const [stream, line] of this.open) {
      if (only !== undefined && stream !== only) continue;
      lines.push(line);
      this.open.delete(stream);
    }
  }
}

const COLOUR = /\x1b\[([\d;]*)m/g;
const COLOUR_MAX = 200;

/** What is switched on after a text. @param {string} before @param {string} text */
export function colourAfter(before, text) {
  if (!text.includes("\x1b[")) return before;
  let on = before;
  for (const [whole, codes] of text.matchAll(COLOUR)) on = codes === "" || /^0+(;|$)/.test(codes) ? (/^0*$/.test(codes) ? "" : whole) : on + whole;
  return on.length > COLOUR_MAX ? on.slice(on.indexOf("\x1b", on.length - COLOUR_MAX)) : on;
}

/** What a terminal would show of a line with carriage returns (progress bars). @param {string} text */
export function lastOverwritten(text) {
  const plain = text.endsWith("\r") ? text.slice(0, -1) : text;
  const cut = plain.lastIndexOf("\r");
  return cut < 0 ? plain : plain.slice(cut + 1);
}
