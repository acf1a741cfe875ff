// Asking before something ends: what will happen, a reason that is kept with the job, yes or no.
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { html } from "./html.js";

/** @typedef {{title: string, text: string, reason: string, action: string, run: (reason: string) => Promise<unknown>}} Question */

/** @type {import("@preact/signals").Signal<Question | null>} */
const question = signal(null);
const trouble = signal("");
const isBusy = signal(false);

/** @param {Question} what */
export function confirmWith(what) {
  trouble.value = "";
  isBusy.value = false;
  question.value = what;
}

export function Dialog() {
  const box = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const asked = question.value;
  useEffect(() => { if (asked) box.current?.showModal(); }, [asked]);
  if (!asked) return null;
  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    isBusy.value = true;
    try {
      await asked.run(String(new FormData(form).get("reason")));
      box.current?.close();
    } catch (error) {
      trouble.value = /** @type {Error} */ (error).message;
      isBusy.value = false;
    }
  };
  return html`
    <dialog ref=${box} aria-labelledby="dialog-title" onClose=${() => { question.value = null; }}>
      <form onSubmit=${submit}>
        <h2 id="dialog-title">${asked.title}</h2>
        <p>${asked.text}</p>
        <label>Reason <input name="reason" required maxlength="1024" value=${asked.reason} autocomplete="off" /></label>
        ${trouble.value ? html`<p class="trouble" role="alert">${trouble.value}</p>` : null}
        <div class="buttons">
          <button type="button" onClick=${() => box.current?.close()}>Keep it</button>
          <button class="danger" disabled=${isBusy.value}>${asked.action}</button>
        </div>
      </form>
    </dialog>`;
}
