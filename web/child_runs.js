// Children of an array as numbers and ranges: "3,7-9". Pure.

/** How many children the text names. @param {string} text */
export function childrenIn(text) {
  if (text === "") return 0;
  return text.split(",").reduce((sum, run) => {
    const [first, last = first] = run.split("-").map(Number);
    return sum + last - first + 1;
  }, 0);
}

/** "child 3", "children 3,7-9". @param {string} text */
export const childWords = (text) => `${/^\d+$/.test(text) ? "child" : "children"} ${text}`;
