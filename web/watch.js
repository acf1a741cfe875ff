// A value fetched from the scheduler that stays fresh: fetched again when what it shows has changed,
// at most so often, and never twice at once.
import { useEffect, useRef, useState } from "preact/hooks";
import { clockAhead } from "./api.js";
import { onChange } from "./live.js";

/** @typedef {import("./live.js").Change} Change */

/**
 * @template T
 * @param {unknown[]} key what it depends on; another key starts anew
 * @param {() => Promise<T>} fetch
 * @param {(change: Change) => boolean} isConcerned
 * @param {number} [pause] ms between two fetches
 * @returns {{value: T | null, error: Error | null, again: () => void}}
 */
export function useLive(key, fetch, isConcerned, pause = 400) {
  const [state, setState] = useState(/** @type {{value: T | null, error: Error | null}} */ ({ value: null, error: null }));
  const again = useRef(() => {});
  useEffect(() => {
    let isOver = false;
    let isBusy = false;
    let isWanted = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const run = async () => {
      timer = undefined;
      isBusy = true;
      isWanted = false;
      try {
        const value = await fetch();
        if (!isOver) setState({ value, error: null });
      } catch (error) {
        if (!isOver) setState((old) => ({ value: old.value, error: /** @type {Error} */ (error) }));
      }
      isBusy = false;
      if (isWanted) ask();
    };
    const ask = () => {
      isWanted = true;
      if (!isBusy && timer === undefined && !isOver) timer = setTimeout(run, pause);
    };
    again.current = ask;
    setState((old) => ({ value: old.value, error: null }));
    run();
    const end = onChange((change) => { if (change.all || isConcerned(change)) ask(); });
    return () => {
      isOver = true;
      clearTimeout(timer);
      end();
    };
  }, key);
  return { ...state, again: () => again.current() };
}

/** The scheduler's clock, for "3 s ago": renders again each `ms`. @param {number} ms */
export function useNow(ms = 1000) {
  const [now, setNow] = useState(Date.now() + clockAhead);
  useEffect(() => {
    const timer = setInterval(() => { if (!document.hidden) setNow(Date.now() + clockAhead); }, ms);
    return () => clearInterval(timer);
  }, [ms]);
  return now;
}
