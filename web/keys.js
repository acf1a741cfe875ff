// Keys that work everywhere, and the sheet that lists them.
import { useEffect, useRef } from "preact/hooks";
import { html } from "./html.js";
import { go } from "./route.js";
import { togglePause } from "./live.js";

const SHEET = [
  ["g o", "Overview"], ["g j", "Jobs"], ["g a", "Agents"], ["/", "To the filter"],
  ["j k", "To the next or previous row; Enter opens it"], ["p", "Pause or resume live updates"], ["f", "Follow a log"], ["w", "Wrap a log's lines"],
  ["← → ↑ ↓", "Move in the map of children"], ["Enter", "Open the child"], ["?", "This sheet"],
];

/** @param {EventTarget | null} target */
const isTyping = (target) => target instanceof HTMLElement &&
  (target.matches("input, textarea, select") || target.isContentEditable);

/** @type {Record<string, () => void>} */
const AFTER_G = { o: () => go("/"), j: () => go("/jobs"), a: () => go("/agents") };

/** To the first link of the next row of the page's tables. @param {number} by */
function step(by) {
  const rows = [...document.querySelectorAll("main tbody tr")].map((row) => row.querySelector("a")).filter((link) => link !== null);
  const row = document.activeElement?.closest("tr");
  const at = rows.findIndex((link) => link.closest("tr") === row);
  const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

export function Keys() {
  const box = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    let hasG = false;
    /** @param {KeyboardEvent} event */
    const press = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector("dialog[open]") && event.key !== "?") return;
      const wasG = hasG;
      hasG = event.key === "g";
      if (wasG && AFTER_G[event.key]) AFTER_G[event.key]();
      else if (event.key === "?") box.current?.showModal();
      else if (event.key === "p") togglePause();
      else if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
      else if (event.key === "/") {
        const filter = document.querySelector("[data-filter]");
        if (!(filter instanceof HTMLElement)) return;
        event.preventDefault();
        filter.focus();
      }
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
  return html`
    <dialog ref=${box} aria-labelledby="keys-title" class="keys">
      <form method="dialog">
        <h2 id="keys-title">Keys</h2>
        <dl>${SHEET.map(([key, what]) => html`<div key=${key}><dt><kbd>${key}</kbd></dt><dd>${what}</dd></div>`)}</dl>
        <div class="buttons"><button>Close</button></div>
      </form>
    </dialog>`;
}
