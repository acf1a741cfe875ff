// Asking before something happens: what it will do, what it needs to know, yes or no.
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { html } from "./html.js";

/** One line to fill in. A number may be left empty unless it is required.
 * @typedef {{name: string, label: string, value?: string | number, hint?: string, isNumber?: boolean, isRequired?: boolean}} Field */
/** @typedef {{title: string, text: string, action: string, fields?: Field[], keep?: string, isSafe?: boolean,
 *   run: (values: Record<string, string>) => Promise<unknown>}} Question */

/** @type {import("@preact/signals").Signal<Question | null>} */
const question = signal(null);
const trouble = signal("");
const isBusy = signal(false);
const NUMBER_MAX = 2_147_483_647;

/** @param {Question} what */
export function confirmWith(what) {
  trouble.value = "";
  isBusy.value = false;
  question.value = what;
}

/** Kept with the job. @param {string} value @returns {Field} */
export const reasonField = (value) => ({ name: "reason", label: "Reason", value, isRequired: true });

export function Dialog() {
  const box = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const asked = question.value;
  useEffect(() => { if (asked) box.current?.showModal(); }, [asked]);
  if (!asked) return null;
  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    const values = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value).trim()]));
    isBusy.value = true;
    trouble.value = "";
    try {
      await asked.run(values);
      box.current?.close();
    } catch (error) {
      trouble.value = /** @type {Error} */ (error).message;
      isBusy.value = false;
    }
  };
  return html`
    <dialog ref=${box} aria-labelledby="dialog-title" aria-describedby="dialog-text" onClose=${() => { question.value = null; }}>
      <form onSubmit=${submit}>
        <h2 id="dialog-title">${asked.title}</h2>
        <p id="dialog-text">${asked.text}</p>
        ${(asked.fields ?? []).map((field) => html`<${Line} key=${field.name} field=${field} />`)}
        ${trouble.value ? html`<p class="trouble" role="alert">${trouble.value}</p>` : null}
        <div class="buttons">
          <button type="button" onClick=${() => box.current?.close()}>${asked.keep ?? "Keep it"}</button>
          <button class=${asked.isSafe ? "main" : "danger"} disabled=${isBusy.value}>${asked.action}</button>
        </div>
      </form>
    </dialog>`;
}

/** @param {{field: Field}} p */
function Line({ field }) {
  const hint = field.hint ? `${field.name}-hint` : undefined;
  return html`
    <label>${field.label} <input name=${field.name} defaultValue=${field.value ?? ""} required=${field.isRequired} autocomplete="off" aria-describedby=${hint}
      ...${field.isNumber ? { type: "number", min: 0, max: NUMBER_MAX, step: 1, inputmode: "numeric" } : { maxlength: 1024 }} /></label>
    ${hint ? html`<p id=${hint} class="aside">${field.hint}</p>` : null}`;
}
