import type { ISignal } from '@lumino/signaling';

/**
 * Wait for a signal, but not for ever.
 *
 * @param signal - what to wait for
 * @param milliseconds - for how long
 * @returns whether the signal came
 */
export function nextSignal(
  signal: ISignal<any, any>,
  milliseconds: number
): Promise<boolean> {
  return new Promise(resolve => {
    const end = (came: boolean) => {
      clearTimeout(timer);
      signal.disconnect(onSignal);
      resolve(came);
    };
    const onSignal = () => end(true);
    const timer = setTimeout(() => end(false), milliseconds);
    signal.connect(onSignal);
  });
}
