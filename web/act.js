// Doing something at once, without a question first: what came of it is said where it was asked for.
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "./html.js";
import { Trouble } from "./parts.js";

/** What was done is soon not news any more; what came of it is shown elsewhere. */
const NOTE_MS = 10_000;

/** @typedef {{error: Error | null, note: string, act: (work: () => Promise<unknown>, note?: string) => Promise<void>, say: (note: string) => void}} Acting */

/** @param {() => void} again what is asked for anew once it is done @returns {Acting} */
export function useAct(again) {
  const [state, setState] = useState({ error: /** @type {Error | null} */ (null), note: "" });
  useEffect(() => {
    if (!state.note) return undefined;
    const timer = setTimeout(() => setState((old) => ({ ...old, note: "" })), NOTE_MS);
    return () => clearTimeout(timer);
  }, [state]);
  const isBusy = useRef(false);  // A button that is disabled loses who pressed it by key.
  const say = (/** @type {string} */ note) => {
    setState({ error: null, note });
    again();
  };
  return {
    ...state,
    say,
    act: async (work, note = "") => {
      if (isBusy.current) return;
      isBusy.current = true;
      setState({ error: null, note: "" });
      try {
        await work();
        say(note);
      } catch (error) {
        setState({ error: /** @type {Error} */ (error), note: "" });
      }
      isBusy.current = false;
    },
  };
}

/** @param {{acting: Acting}} p */
export const Outcome = ({ acting }) => html`
  <${Trouble} error=${acting.error} /><p role="status" class=${acting.note ? "note" : "sr"}>${acting.note}</p>`;
