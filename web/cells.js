// Where the children of an array stand in the map, and what a cell of several shows. Pure.

const MAX = 10_000;
/** Which state a cell of several children shows: what needs attention first. */
const WORST = "FUTRPSO";

/** One letter a cell. @param {string} states @param {number} [most] */
export function cellsOf(states, most = MAX) {
  const each = Math.max(1, Math.ceil(states.length / most));
  if (each === 1) return { cells: states, each };
  let cells = "";
  for (let i = 0; i < states.length; i += each) {
    const part = states.slice(i, i + each);
    cells += [...WORST].find((letter) => part.includes(letter)) ?? "S";
  }
  return { cells, each };
}

/** The largest cell that lets all stand in the width, and the columns then.
 * @param {number} n @param {number} width */
export function gridOf(n, width) {
  const size = n <= 200 ? 20 : n <= 1500 ? 14 : n <= 4000 ? 10 : 8;
  const columns = Math.max(1, Math.floor(width / size));
  // Rows of a round number of cells are easier to count.
  const round = columns >= 100 ? columns - (columns % 50) : columns >= 20 ? columns - (columns % 10) : columns;
  return { size, columns: Math.min(round, n), rows: Math.ceil(n / Math.min(round, n)) };
}
