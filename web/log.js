// A log to read: the last lines first, followed while the job writes, only what is seen in the page.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { html } from "./html.js";
import { describeJobs, jobPath } from "./api.js";
import { go, route, withQuery } from "./route.js";
import { useLive } from "./watch.js";
import { hasEnded } from "./states.js";
import { count, parentOf, placeOf } from "./format.js";
import { attemptsOf } from "./spans.js";
import { LogSource } from "./log_source.js";
import { LogLines } from "./log_lines.js";
import { Loading, State, Trouble } from "./parts.js";

/** @typedef {import("./log_records.js").Line} Line */

const PAUSE = 700;
const KEPT = 200_000;

const remembered = (/** @type {string} */ name, /** @type {boolean} */ usual) => (localStorage.getItem(`dray-log-${name}`) ?? String(usual)) === "true";
/** @param {string} name @param {boolean} usual @returns {[boolean, () => void]} */
function useSwitch(name, usual) {
  const [is, set] = useState(remembered(name, usual));
  return [is, () => set((old) => { localStorage.setItem(`dray-log-${name}`, String(!old)); return !old; })];
}

/** @param {{id: string}} p */
export function LogPage({ id }) {
  const { value: job, error } = useLive([id], async () => (await describeJobs([id]))[0] ?? null, (change) => change.jobs.includes(parentOf(id)));
  useEffect(() => { document.title = `Log of ${job?.jobName ?? "a job"} · Dray`; }, [job?.jobName]);
  if (!job) return html`<h1>Log</h1>${error ? html`<${Trouble} error=${error} />` : html`<${Loading} />`}`;
  return html`
    <div class="title"><div><h1><a href=${jobPath(id)}>${job.jobName}${placeOf(id) ? html`<span class="index">${placeOf(id)}</span>` : null}</a> <${State} state=${job.status} /></h1></div></div>
    <${Log} id=${id} job=${job} lines=${0} />`;
}

/** Reads an attempt's log for as long as it is shown.
 * @param {string} id @param {number | null} attempt */
function useLog(id, attempt) {
  const [lines, setLines] = useState(/** @type {Line[]} */ ([]));
  const [state, setState] = useState({ isLoading: true, error: /** @type {Error | null} */ (null), isComplete: false });
  const source = useMemo(() => new LogSource(id, attempt), [id, attempt]);
  useEffect(() => {
    let isOver = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    setLines([]);
    setState({ isLoading: true, error: null, isComplete: false });
    let isFirst = true;
    const turn = async () => {
      try {
        const fresh = isFirst ? await source.tail() : await source.more();
        if (isOver) return;
        isFirst = false;
        if (fresh.length > 0) setLines((old) => (old.length + fresh.length > KEPT ? old.concat(fresh).slice(-KEPT) : old.concat(fresh)));
        setState({ isLoading: false, error: null, isComplete: source.isComplete });
        if (source.canFill) {
          // Small enough to have whole: then its lines have their numbers.
          const all = await source.fill();
          if (isOver) return;
          setLines(all);
        }
        if (!source.isComplete) timer = setTimeout(turn, source.end < source.size ? 0 : document.hidden ? 5 * PAUSE : PAUSE);
      } catch (error) {
        if (isOver) return;
        setState((old) => ({ ...old, isLoading: false, error: /** @type {any} */ (error).status === 404 ? null : /** @type {Error} */ (error) }));
        timer = setTimeout(turn, 3 * PAUSE);
      }
    };
    turn();
    return () => { isOver = true; clearTimeout(timer); };
  }, [source]);
  const earlier = async () => {
    const before = await source.earlier();
    setLines((old) => before.concat(old).slice(0, KEPT));
    return before.length;
  };
  return { lines, state, source, earlier };
}

/** @param {{id: string, job: any, lines: number}} p lines: how many are shown at once; 0 fills the page */
export function Log({ id, job, lines: shown }) {
  const wanted = Number(route.value.query.get("attempt")) || null;
  const { lines, state, source, earlier } = useLog(id, wanted);
  const [wraps, toggleWrap] = useSwitch("wrap", false);
  const [hasTimes, toggleTimes] = useSwitch("times", false);
  const [follows, setFollows] = useState(!location.hash.startsWith("#L"));
  const [wish, setWish] = useState("");
  const found = useMemo(() => matches(lines, wish), [lines, wish]);
  const [foundAt, setFoundAt] = useState(0);
  const view = useRef(/** @type {{show: (i: number) => void} | null} */ (null));
  useEffect(() => {
    const press = (/** @type {KeyboardEvent} */ event) => {
      if (event.target instanceof HTMLElement && event.target.matches("input, select, textarea")) return;
      if (event.key === "w") toggleWrap();
      if (event.key === "f") setFollows((old) => !old);
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
  const step = (/** @type {number} */ by) => {
    if (found.length === 0) return;
    const next = (foundAt + by + found.length) % found.length;
    setFoundAt(next);
    setFollows(false);
    view.current?.show(found[next]);
    if (!source.hasEarlier) go(`#L${found[next] + 1}`, { replace: true });
  };
  const attempts = attemptsOf(job);
  return html`
    <div class="log-tools">
      ${attempts.length > 1 ? html`<label>Attempt <select onChange=${(/** @type {any} */ event) => go(withQuery({ attempt: event.target.value }), { replace: true })}>
        ${attempts.map((/** @type {any} */ it) => html`<option key=${it.attempt} selected=${(wanted ?? attempts.at(-1).attempt) === it.attempt}>${it.attempt}</option>`)}</select></label>` : null}
      <form role="search" onSubmit=${(/** @type {Event} */ event) => { event.preventDefault(); step(1); }}>
        <label class="sr" for="log-search">Search in the log</label>
        <input id="log-search" data-filter type="search" placeholder="Search" value=${wish} onInput=${(/** @type {any} */ event) => { setWish(event.target.value); setFoundAt(0); }} />
        ${wish ? html`<span class="aside" aria-live="polite">${found.length === 1 ? "1 line" : `${count(found.length)} lines`}</span>
          <button type="button" onClick=${() => step(-1)} aria-label="Previous">↑</button><button aria-label="Next">↓</button>` : null}</form>
      <button aria-pressed=${follows} onClick=${() => setFollows(!follows)}>Follow</button>
      <button aria-pressed=${wraps} onClick=${toggleWrap}>Wrap</button>
      <button aria-pressed=${hasTimes} onClick=${toggleTimes}>Times</button>
      <a href=${source.rawUrl} download data-raw>Download</a>
    </div>
    <${Trouble} error=${state.error} />
    ${source.hasEarlier ? html`<button class="earlier" onClick=${async () => { setFollows(false); const n = await earlier(); view.current?.show(n); }}>Earlier lines</button>` : null}
    ${lines.length === 0 ? html`<p class="quiet">${state.isLoading ? "Loading …" : hasEnded(job.status) || state.isComplete ? "It wrote nothing." : "Nothing written yet."}</p>`
    : html`<${LogLines} lines=${lines} isNumbered=${!source.hasEarlier} wraps=${wraps} hasTimes=${hasTimes} follows=${follows} setFollows=${setFollows} shown=${shown} view=${view}
        marked=${found.length > 0 ? found[foundAt] : -1} wish=${wish} />`}
    ${state.isComplete ? html`<p class="aside log-end">End of the log.</p>` : null}`;
}

/** @param {Line[]} lines @param {string} wish @returns {number[]} */
function matches(lines, wish) {
  if (!wish) return [];
  const small = wish.toLowerCase();
  const found = [];
  for (let i = 0; i < lines.length; i += 1) if (lines[i].text.toLowerCase().includes(small)) found.push(i);
  return found;
}
