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
