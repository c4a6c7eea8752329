import type { IKernel } from '../_contract';
import { connected, rung, signedOut } from './answers';
import type { setUp } from './fakes';

/** Connect, as the user does. */
export async function connect(house: ReturnType<typeof setUp>): Promise<void> {
  house.server.put(signedOut());
  await house.model.load();
  house.server.put(connected());
  await house.model.connect('work', {});
}

/** What the server knows of a kernel. */
export function hold(rest: Partial<IKernel> = {}): IKernel {
  return {
    kernel_id: 'kernel-1',
    connection: 'work',
    namespace: 'team-a',
    signed_in_as: 'jane@example.com',
    variable: 'kfp_client',
    generation: 1,
    rung: rung('in-notebook', 'ok', { detail: 'armed' }),
    ...rest
  };
}
