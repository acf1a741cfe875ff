// The template tag of all views: htm bound to Preact.
import htm from "htm";
import { h } from "preact";

export const html = /** @type {any} */ (htm).bind(h);
