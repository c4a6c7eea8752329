/**
 * Run something one at a time: calls during a run share one more run after it,
 * so that each caller sees what was true when it called.
 *
 * @param run - what to do; it must not fail
 */
export function coalesced(run: () => Promise<void>): () => Promise<void> {
  let current: Promise<void> | null = null;
  let next: Promise<void> | null = null;

  function start(): Promise<void> {
    if (current === null) {
      current = run().finally(() => {
        current = null;
      });
      return current;
    }
    next ??= current.then(() => {
      next = null;
      return start();
    });
    return next;
  }

  return start;
}
