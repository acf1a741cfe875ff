// Who sits before the page: signed in once with an access key, a cookie then (docs/security.md).
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { html } from "./html.js";
import { callerGone, get, post, remove } from "./api.js";

/** @typedef {{accessKeyId: string, user: string, role: string, queues: string}} Caller */

/** Undefined until the scheduler has said; null when nobody is signed in. */
export const caller = signal(/** @type {Caller | null | undefined} */ (undefined));
const trouble = signal("");

/** Asks who is signed in. */
export async function recognise() {
  callerGone.subscribe((isGone) => { if (isGone) caller.value = null; });
  try {
    caller.value = await get("/dray/v1/session");
  } catch (error) {
    if (!callerGone.value) trouble.value = /** @type {Error} */ (error).message;
    caller.value = null;
  }
}

export async function signOut() {
  await remove("/dray/v1/session");
  location.assign("/");
}

/** @param {SubmitEvent} event */
async function signIn(event) {
  event.preventDefault();
  const form = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
  trouble.value = "";
  try {
    const found = await post("/dray/v1/session", {
      accessKeyId: String(form.get("id")).trim(), secretAccessKey: String(form.get("secret")).trim() });
    callerGone.value = false;
    caller.value = found;
  } catch (error) {
    trouble.value = /** @type {Error} */ (error).message;
  }
}

export function SignIn() {
  useEffect(() => { document.title = "Sign in · Dray"; }, []);
  return html`
    <main id="main" tabindex="-1" class="sign-in">
      <h1>Sign in to Dray</h1>
      <p>With an access key: the first one is in the file <code>credentials</code> of the scheduler's data folder;
        <code>dray key create</code> makes others.</p>
      <form onSubmit=${signIn}>
        <label>Access key <input name="id" autocomplete="username" required spellcheck="false" /></label>
        <label>Secret access key <input name="secret" type="password" autocomplete="current-password" required /></label>
        <button type="submit">Sign in</button>
        <p class="trouble" role="alert">${trouble.value}</p>
      </form>
    </main>`;
}
