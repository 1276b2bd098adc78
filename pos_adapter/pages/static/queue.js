// Scans wait here while one is being handled: none is dropped, none overtakes another.

export function scanQueue(handle) {
  let last = Promise.resolve();
  return (scan) => {
    last = last.then(() => handle(scan));
    return last;
  };
}
