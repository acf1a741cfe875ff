// The page: its head, and the view that the URL names.
import { render } from "preact";
import { useEffect } from "preact/hooks";
import { html } from "./html.js";
import { route } from "./route.js";
import { isPaused, liveState, startLive, togglePause } from "./live.js";
import { Dialog } from "./dialog.js";
import { Keys } from "./keys.js";
import { Overview } from "./overview.js";
import { Jobs } from "./jobs.js";
import { Job } from "./job.js";
import { LogPage } from "./log.js";
import { Queue } from "./queue.js";
import { Agents } from "./agents.js";
import { Agent } from "./agent.js";
import { SignIn, caller, recognise, signOut } from "./session.js";

/** @type {[RegExp, (found: RegExpMatchArray) => any][]} */
const VIEWS = [
  [/^\/$/, () => html`<${Overview} />`],
  [/^\/jobs$/, () => html`<${Jobs} />`],
  [/^\/jobs\/([^/]+)\/log$/, ([, id]) => html`<${LogPage} id=${id} key=${id} />`],
  [/^\/jobs\/([^/]+)$/, ([, id]) => html`<${Job} id=${id} key=${id} />`],
  [/^\/queues\/([^/]+)$/, ([, name]) => html`<${Queue} name=${name} key=${name} />`],
  [/^\/agents$/, () => html`<${Agents} />`],
  [/^\/agents\/([^/]+)$/, ([, name]) => html`<${Agent} name=${name} key=${name} />`],
];

function view() {
  const path = decodeURIComponent(route.value.path);
  for (const [pattern, make] of VIEWS) {
    const found = path.match(pattern);
    if (found) return make(found);
  }
  return html`<${NotThere} path=${path} />`;
}

/** @param {{path: string}} p */
function NotThere({ path }) {
  useEffect(() => { document.title = "Not found · Dray"; }, []);
  return html`<h1>Nothing is at ${path}</h1><p><a href="/">To the overview</a></p>`;
}

const LINKS = [["/", "Overview"], ["/jobs", "Jobs"], ["/agents", "Agents"]];

function Head() {
  const path = route.value.path;
  const isAt = (/** @type {string} */ href) => (href === "/" ? path === "/" || path.startsWith("/queues") : path.startsWith(href));
  const word = isPaused.value ? "paused" : liveState.value;
  return html`
    <header class="head">
      <a class="brand" href="/"><svg viewBox="0 0 32 22" aria-hidden="true"><path d="M2 2h20v11H2zM22 6h8" /><circle cx="8" cy="17" r="4" /><circle cx="17" cy="17" r="4" /></svg>Dray</a>
      <nav aria-label="Main">${LINKS.map(([href, name]) => html`
        <a key=${href} href=${href} aria-current=${isAt(href) ? "page" : undefined}>${name}</a>`)}</nav>
      <button class="live" data-live=${word} aria-pressed=${isPaused.value} onClick=${togglePause}
        title="Pause or resume live updates (p)">${word === "lost" ? "no connection" : word}</button>
    </header>`;
}

function App() {
  const who = caller.value;
  useEffect(() => { if (who) startLive(); }, [who?.accessKeyId]);
  if (who === undefined) return null;
  return who ? html`<${Whole} />` : html`<${SignIn} />`;
}

const Whole = () => html`
  <a class="skip" href="#main" data-raw>To the content</a>
  <${Head} />
  <main id="main" tabindex="-1">${view()}</main>
  <footer><span>Press <kbd>?</kbd> for keys</span><a href="/version" data-raw>Version</a><a href="/metrics" data-raw>Metrics</a>
    <span>${caller.value?.user} (${caller.value?.role})</span><button onClick=${signOut}>Sign out</button></footer>
  <${Dialog} /><${Keys} />`;

recognise();
const place = /** @type {HTMLElement} */ (document.getElementById("app"));
place.replaceChildren();
render(html`<${App} />`, place);
