import type { IConnection, IRung, ISignIn } from './_contract';
import type { ConnectionFields } from './tokens';

/**
 * Whether a rung holds.
 */
export function holds(rung: IRung): boolean {
  return rung.state === 'ok' || rung.state === 'not-needed';
}

/**
 * Whether KFP has been reached and knows who we are (rungs 1 and 2).
 */
export function isConnected(connection: IConnection): boolean {
  return holds(connection.rungs[0]) && holds(connection.rungs[1]);
}

/**
 * Whether a client of this connection would be of use (rungs 1 to 3).
 */
export function isUsable(connection: IConnection): boolean {
  return isConnected(connection) && connection.rungs[2].state !== 'failed';
}

/**
 * Where what is typed would be sent, and how.
 */
export function placeOf(connection: IConnection): string {
  const { host, auth, proxy, verify_ssl, ssl_ca_cert } = connection;
  return [host, auth, proxy, verify_ssl, ssl_ca_cert].join();
}

/**
 * Whether somebody set this connection up, or it is in use: one that was only
 * found by looking around is an offer.
 */
export function isSetUp(connection: IConnection): boolean {
  return (
    connection.source !== 'detected' ||
    connection.busy ||
    isConnected(connection)
  );
}

/**
 * The connection to show: the one selected, else the default one, else the
 * first one set up.
 *
 * @param connections - all of them
 * @param names - the one selected, then the default one
 */
export function choose(
  connections: ReadonlyArray<IConnection>,
  [selected, defaultName]: [string | null, string | null]
): IConnection | null {
  const setUp = connections.filter(isSetUp);
  return (
    connections.find(each => each.name === selected) ??
    setUp.find(each => each.name === defaultName) ??
    setUp[0] ??
    null
  );
}

/**
 * The namespace that a connection works in: the one set, else the one that the
 * third rung was proved with.
 */
export function namespaceOf(connection: IConnection): string | null {
  const { namespace, rungs } = connection;
  const { state, detail } = rungs[2];
  const isName = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(detail ?? '');
  return namespace ?? (state === 'ok' && isName ? detail : null);
}

/**
 * What can be pasted where nothing is asked for.
 */
export const PASTED: ISignIn = { kind: 'token', others: ['cookie'] };

/**
 * The codes of the second rung that another try with the form may mend.
 */
const FORM_CODES = [
  'sign-in-needed',
  'session-over',
  'wrong-password',
  'connector-unknown',
  'directory-down'
];

/**
 * What the user can do to be signed in. After a refusal the form is still of
 * use, though the server asks for nothing at that moment.
 *
 * @param connection - the connection
 * @param before - what its front door asked for last
 */
export function signInOf(
  connection: IConnection,
  before: ISignIn | null
): ISignIn | null {
  const [, { state, code }] = connection.rungs;
  if (connection.sign_in || state !== 'failed') {
    return connection.sign_in;
  }
  if (!FORM_CODES.includes(code ?? '')) {
    return null;
  }
  if (before === null && code === 'wrong-password') {
    return { kind: 'password', connectors: [], others: [] };
  }
  return before;
}

/**
 * Whether all of a connection is the user's to change.
 */
export function isOwn({ source, locked }: IConnection): boolean {
  return source === 'user' && !locked;
}

/**
 * Whether a user may set a field that an administrator can leave to them. Set
 * on a connection that was only found, it makes that one the user's own.
 */
export function isFree(
  connection: IConnection,
  field: IConnection['free'][number]
): boolean {
  return !connection.locked || connection.free.includes(field);
}

/**
 * Whether it leads to a sandbox: the server's own, or one typed by address.
 */
export function isSandbox(connection: IConnection): boolean {
  return (
    connection.source === 'sandbox' || connection.kfp_version === 'sandbox'
  );
}

/**
 * A host as a person says it: without scheme and trailing slash.
 */
export function shortHost(host: string): string {
  return host.replace(/^https?:\/\//i, '').replace(/\/+$/, '');
}

/**
 * The host alone, without scheme and path.
 */
export function authority(host: string): string {
  return shortHost(host).split(/[/?#]/)[0];
}

/**
 * What is new in another address: its path alone where the host is the same.
 */
export function pathFrom(host: string, other: string): string {
  const short = shortHost(other);
  const name = authority(other);
  const path = short.slice(name.length);
  return name === authority(host) && path ? path : short;
}

/**
 * Whether a password sent there could be read on the way: plain http to
 * another machine.
 */
export function isReadableOnTheWay(host: string): boolean {
  if (!/^http:\/\//i.test(host.trim())) {
    return false;
  }
  const name = authority(host.trim())
    .toLowerCase()
    .replace(/^.*@/, '')
    .replace(/:\d*$/, '');
  return !(
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(name)
  );
}

/**
 * A name for a connection to a host that no other connection has, such as
 * `kubeflow.example.com` or `localhost-8080`.
 *
 * @param host - the address as typed
 * @param taken - the names that are in use
 */
export function nameFor(host: string, taken: ReadonlyArray<string>): string {
  const base =
    authority(host.trim())
      .toLowerCase()
      .replace(/[^a-z0-9._-]+/g, '-')
      .replace(/^[^a-z0-9]+/, '')
      .slice(0, 58)
      .replace(/[^a-z0-9]+$/, '') || 'kubeflow';
  let name = base;
  for (let count = 2; taken.includes(name); count++) {
    name = `${base}-${count}`;
  }
  return name;
}

/**
 * What to change for another address: a title that was made of the old one
 * goes with it.
 */
export function withHost(
  connection: IConnection,
  host: string
): ConnectionFields {
  const { title, host: before } = connection;
  const isAutomatic = title === authority(before);
  return isAutomatic ? { host, title: authority(host) } : { host };
}
