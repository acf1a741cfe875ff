// All jobs, newest first, filtered by what stands in the URL.
import { useEffect, useState } from "preact/hooks";
import { html } from "./html.js";
import { get } from "./api.js";
import { go, route, withQuery } from "./route.js";
import { useLive } from "./watch.js";
import { OPEN_STATES, STATES } from "./states.js";
import { JobTable } from "./job_table.js";
import { fetchPage, useSteadyRows } from "./job_pages.js";
import { Empty, Loading, Shape, Trouble } from "./parts.js";

const FILTERS = ["queue", "state", "name", "after"];
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}([:#]\d+)?$/i;

export function Jobs() {
  useEffect(() => { document.title = "Jobs · Dray"; }, []);
  const query = route.value.query;
  const asked = new URLSearchParams();
  for (const name of FILTERS) if (query.get(name)) asked.set(name, String(query.get(name)));
  const isFirst = !asked.get("after");
  const isFiltered = ["queue", "state", "name"].some((name) => asked.get(name));
  const { value, error } = useLive([asked.toString()], () => fetchPage(asked), (change) => change.jobs.length > 0, 1000);
  const { rows, fresh, show } = useSteadyRows(asked.toString(), value, isFirst);
  return html`
    <h1>Jobs</h1>
    <${Filter} query=${query} />
    <${Trouble} error=${error} />
    ${fresh > 0 ? html`<p class="fresh"><button onClick=${show}>${fresh === 1 ? "1 new job" : `${fresh} new jobs`} ↑</button></p>` : null}
    ${rows ? html`<${Found} jobs=${rows} page=${value} isFiltered=${isFiltered} isFirst=${isFirst} />` : error ? null : html`<${Loading} />`}
    <p class="pages">
      ${isFirst ? null : html`<a href=${withQuery({ after: null })}>← Newest</a>`}
      ${value?.nextToken ? html`<a class="next" href=${withQuery({ after: value.nextToken })} rel="next">Older →</a>` : null}
    </p>`;
}

/** @param {{jobs: any[], page: any, isFiltered: boolean, isFirst: boolean}} p */
function Found({ jobs, page, isFiltered, isFirst }) {
  if (jobs.length > 0) return html`<${JobTable} jobs=${jobs} />`;
  if (page?.nextToken) return html`<${Empty} text="None of the jobs looked at so far matches; there are older ones." />`;
  if (isFiltered) return html`<${Empty} text="No job matches." />`;
  return isFirst ? html`<${Empty} text="No jobs yet. To run one:" command="dray run -- echo hello" />`
    : html`<${Empty} text="There are no older jobs." />`;
}

/** @param {URLSearchParams} query */
const nameIn = (query) => (query.get("name") ?? "").replace(/\*$/, "");

/** @param {{query: URLSearchParams}} p */
function Filter({ query }) {
  const { value } = useLive([], () => get("/dray/v1/queues"), () => false);
  const chosen = (query.get("state") ?? "").split(",").filter(Boolean);
  const [name, setName] = useState(nameIn(query));
  useEffect(() => { setName(nameIn(query)); }, [query]);
  /** @param {string} state */
  const toggled = (state) => {
    const next = chosen.includes(state) ? chosen.filter((it) => it !== state) : [...chosen, state];
    return withQuery({ state: STATES.filter((it) => next.includes(it)).join(","), after: null });
  };
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    const wish = name.trim();
    if (ID.test(wish)) go(`/jobs/${wish.toLowerCase()}`);
    else go(withQuery({ name: wish ? `${wish}*` : null, after: null }));
  };
  const isOpen = chosen.join() === OPEN_STATES.join();
  const isAny = ["queue", "state", "name"].some((it) => query.get(it));
  return html`
    <form class="filter" role="search" onSubmit=${submit}>
      <label>Name begins with, or id <input data-filter type="search" value=${name} placeholder="any" autocomplete="off"
        onInput=${(/** @type {any} */ event) => setName(event.target.value)} /></label>
      <label>Queue <select onChange=${(/** @type {any} */ event) => go(withQuery({ queue: event.target.value, after: null }))}>
        <option value="" selected=${!query.get("queue")}>all</option>
        ${(value?.queues ?? []).map((/** @type {any} */ queue) => html`<option key=${queue.name} selected=${query.get("queue") === queue.name}>${queue.name}</option>`)}
      </select></label>
      <fieldset><legend class="sr">States</legend>
        ${STATES.map((state) => html`<a key=${state} class="chip" role="checkbox" aria-checked=${chosen.includes(state)} href=${toggled(state)}
          onKeyDown=${(/** @type {KeyboardEvent} */ event) => { if (event.key === " ") { event.preventDefault(); go(toggled(state)); } }}
          ><${Shape} state=${state} />${state}</a>`)}
        <a class="chip plain-chip" aria-current=${isOpen ? "true" : undefined} href=${withQuery({ state: isOpen ? null : OPEN_STATES.join(","), after: null })}>not ended</a>
        ${isAny ? html`<a class="chip plain-chip" href="/jobs">clear</a>` : null}
      </fieldset>
    </form>`;
}
