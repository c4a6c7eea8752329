import type { IConnection, IKernel } from './_contract';
import type { IArmOptions } from './arming';
import { namespaceOf } from './connections';

/**
 * The codes of what a kernel may have mended when it starts anew.
 */
const MENDABLE: ReadonlyArray<string | null> = [
  'package-missing',
  'package-too-old',
  'sdk-missing',
  'sdk-too-old'
];

/**
 * What to put in a kernel again when it starts anew: what it had, and what it
 * lacked the packages for.
 *
 * @param held - what the server knows of the kernel
 * @param connections - all connections
 */
export function comesAgain(
  held: ReadonlyArray<IKernel>,
  connections: ReadonlyArray<IConnection>
): ReadonlyArray<IArmOptions> {
  return held
    .filter(
      ({ rung }) => rung.state !== 'failed' || MENDABLE.includes(rung.code)
    )
    .map(({ connection: name, variable, namespace }) => {
      const connection = connections.find(each => each.name === name);
      const own = connection ? namespaceOf(connection) : null;
      // A namespace of its own stays; the connection's goes with it.
      return {
        connection: name,
        variable,
        namespace: namespace === own ? null : namespace
      };
    });
}

/**
 * The client that stands for a kernel where there is room for one.
 *
 * @param held - what the server knows of the kernel
 * @param names - the names to look for, the best first
 */
export function principal(
  held: ReadonlyArray<IKernel>,
  ...names: (string | undefined)[]
): IKernel | undefined {
  // A name that the user holds has no client, but another name may have one.
  const own = held.filter(({ rung }) => rung.code !== 'name-taken');
  const among = own.length > 0 ? own : held;
  for (const name of names) {
    const found = among.find(each => each.variable === name);
    if (found) {
      return found;
    }
  }
  return among[0];
}

/**
 * Milliseconds that may pass between a kernel's death and the news of it.
 */
const NEWS = 60_000;

/**
 * What kernels held until they died. The server forgets that at once; Jupyter
 * tells of a death only when it starts the kernel anew, seconds later.
 */
export class LastHolds {
  /**
   * Take note of what the server knows now.
   */
  note(kernels: ReadonlyArray<IKernel>): void {
    for (const { kernel_id: id } of this._known) {
      if (!kernels.some(each => each.kernel_id === id)) {
        const held = this._known.filter(each => each.kernel_id === id);
        this._gone.set(id, held);
        setTimeout(() => this._gone.delete(id), NEWS);
      }
    }
    this._known = kernels;
  }

  /**
   * What a kernel of which Jupyter has just told that it died held.
   */
  of(id: string): ReadonlyArray<IKernel> {
    return this._gone.get(id) ?? [];
  }

  private readonly _gone = new Map<string, ReadonlyArray<IKernel>>();
  private _known: ReadonlyArray<IKernel> = [];
}
