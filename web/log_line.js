// One line of a log: its number, its time, its text in colours. The only place where text of a job
// becomes markup, by ansi_up, which escapes all of it.
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { AnsiUp } from "ansi_up";
import { html } from "./html.js";
import { clock } from "./format.js";
import { NOTE, lastOverwritten } from "./log_records.js";

/** The page's policy lets no plain string become markup. */
const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy("dray-log", { createHTML: (/** @type {string} */ text) => text });

/** Quotes are escaped too: an attribute in the result is ansi_up's own. Styles in markup are
 * forbidden here, so they are set by script. @param {string} text */
function coloured(text) {
  const ansi = new AnsiUp();
  ansi.use_classes = true;
  ansi.url_allowlist = {};
  const markup = ansi.ansi_to_html(text).replaceAll(' style="', ' data-style="') || " ";
  return policy ? policy.createHTML(markup) : markup;
}

/** @param {{line: import("./log_records.js").Line, n: number, hasTimes: boolean, isMarked: boolean, isFound: boolean, isNumbered: boolean}} p */
export function LogLine({ line, n, hasTimes, isMarked, isFound, isNumbered }) {
  const markup = useMemo(() => coloured(line.colour + lastOverwritten(line.text)), [line]);
  const text = useRef(/** @type {HTMLSpanElement | null} */ (null));
  useLayoutEffect(() => {
    for (const part of text.current?.querySelectorAll("[data-style]") ?? []) {
      if (part instanceof HTMLElement) part.style.cssText = part.dataset.style ?? "";
    }
  }, [markup]);
  return html`
    <div class="line" data-n=${n} data-stream=${line.stream === NOTE ? "note" : line.stream === 2 ? "error" : "output"} data-marked=${isMarked} data-found=${isFound}>
      <span class="line-number">${isNumbered ? n : ""}</span>
      ${hasTimes ? html`<time>${clock(line.at)}</time>` : null}<span class="line-text" ref=${text} dangerouslySetInnerHTML=${{ __html: markup }}></span></div>`;
}
