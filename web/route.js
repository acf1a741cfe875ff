// Where the page is. Everything that a view shows stands in the URL, so that it can be bookmarked.
import { signal } from "@preact/signals";

const here = () => ({ path: location.pathname, query: new URLSearchParams(location.search), hash: location.hash });

export const route = signal(here());

addEventListener("popstate", () => { route.value = here(); });

/** @param {string} url @param {{replace?: boolean}} [how] */
export function go(url, how = {}) {
  if (how.replace) history.replaceState(null, "", url);
  else {
    history.pushState(null, "", url);
    scrollTo(0, 0);
  }
  route.value = here();
}

/** The present path with other values in its query; empty ones leave it.
 * @param {Record<string, string | null>} changes */
export function withQuery(changes) {
  const query = new URLSearchParams(route.value.query);
  for (const [name, value] of Object.entries(changes)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  const text = query.toString();
  return route.value.path + (text ? `?${text}` : "");
}

// Links inside the page do not load it again.
document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  const link = target.closest?.("a[href]");
  if (!(link instanceof HTMLAnchorElement) || link.target || link.hasAttribute("download")) return;
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (link.origin !== location.origin || link.dataset.raw !== undefined) return;
  event.preventDefault();
  if (link.pathname === location.pathname && link.search === location.search && link.hash) {
    location.hash = link.hash;
    route.value = here();
  } else {
    go(link.pathname + link.search + link.hash);
  }
});
