// The axis of a job's timeline. Pure.

export const WIDTH = 1000;
export const WAIT_SHARE_MAX = 0.4;

/** Where moments stand on the axis: [from, to) waits take at most WAIT_SHARE_MAX of the width.
 * @param {number} begin @param {number} firstStart @param {number} end */
export function axis(begin, firstStart, end) {
  const wait = Math.max(0, firstStart - begin);
  const run = Math.max(1, end - firstStart);
  const isBroken = wait > (run * WAIT_SHARE_MAX) / (1 - WAIT_SHARE_MAX) * 2;
  const waitWidth = isBroken ? WIDTH * WAIT_SHARE_MAX : (WIDTH * wait) / (wait + run);
  return {
    isBroken,
    /** @param {number} at */
    x: (at) => (at <= firstStart ? (wait > 0 ? (waitWidth * (at - begin)) / wait : 0)
      : waitWidth + ((WIDTH - waitWidth) * (at - firstStart)) / run),
  };
}
