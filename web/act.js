// Doing something at once, without a question first: what came of it is said where it was asked for.
import { useState } from "preact/hooks";
import { html } from "./html.js";
import { Trouble } from "./parts.js";

/** @typedef {{isBusy: boolean, error: Error | null, note: string, act: (work: () => Promise<unknown>, note?: string) => Promise<void>, say: (note: string) => void}} Acting */

/** @param {() => void} again what is asked for anew once it is done @returns {Acting} */
export function useAct(again) {
  const [state, setState] = useState({ isBusy: false, error: /** @type {Error | null} */ (null), note: "" });
  const say = (/** @type {string} */ note) => {
    setState({ isBusy: false, error: null, note });
    again();
  };
  return {
    ...state,
    say,
    act: async (work, note = "") => {
      setState({ isBusy: true, error: null, note: "" });
      try {
        await work();
        say(note);
      } catch (error) {
        setState({ isBusy: false, error: /** @type {Error} */ (error), note: "" });
      }
    },
  };
}

/** @param {{acting: Acting}} p */
export const Outcome = ({ acting }) => html`
  <${Trouble} error=${acting.error} /><p role="status" class=${acting.note ? "note" : "sr"}>${acting.note}</p>`;
