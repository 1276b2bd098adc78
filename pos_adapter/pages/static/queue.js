// Scans wait here while one is being handled: none is dropped, none overtakes another.

export function scanQueue(handle) {
  let last = Promise.resolve();
  return (scan) => {
    last = last.then(() => handle(scan));
    return last;
  };
}

/**
 * Show on `element` (aria-busy) whether anything is under way. Returns a function that follows
 * a piece of work.
 */
export function busyMark(element) {
  let under = 0;
  const show = (step) => {
    under += step;
    element.setAttribute("aria-busy", String(under > 0));
  };
  show(0);
  return (work) => {
    show(1);
    return Promise.resolve(work).finally(() => show(-1));
  };
}
