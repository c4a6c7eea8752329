import type { IConnection, ICredentials, ISignIn } from '../_contract';
import { KfpApiError } from '../api';
import { authority, nameFor, placeOf, shortHost } from '../connections';
import type { ConnectionFields, IKfpConnection } from '../tokens';
import type { PanelController } from './controller';
import { returnSecret, takeSecret } from './fields';

/**
 * Save a connection to the address typed and climb its ladder, in one go. A
 * password that reached no front door is in the connection's own form then.
 *
 * @param controller - what was typed
 * @param field - the field for the password
 */
export async function connectTo(
  controller: PanelController,
  field: HTMLInputElement | null
): Promise<void> {
  const { host = '', username = '', remember } = controller.draft('');
  const user = username.trim();
  const typed = host.trim();
  const { connections } = controller.model;
  const known = connections.find(
    each => each.source === 'user' && shortHost(each.host) === shortHost(typed)
  );
  const names = connections.map(each => each.name);
  const name = known?.name ?? nameFor(typed, names);
  const fields: ConnectionFields = { host: typed };
  if (!known) {
    fields.title = authority(typed) || name;
  }
  if (user) {
    fields.username = user;
  }
  await controller.run(async model => {
    const connection = await model.save(name, fields);
    controller.select(connection.name);
    controller.type(connection.id, {
      remember,
      // Its form goes: what comes back to the field is taken from there.
      takeSecret: place => {
        const secret = takeSecret(field);
        return place === placeOf(connection) ? secret : '';
      }
    });
    controller.forget('');
    await (field?.value
      ? signIn(
          controller,
          connection,
          { kind: 'password', username: user },
          field
        )
      : model.connect(connection.name, {}));
  }, name);
}

/**
 * Sign in to a connection with what was typed. A secret that reached no front
 * door, or that it could not take yet, is in its field again.
 *
 * @param controller - what was typed
 * @param connection - the connection
 * @param form - the kind of form, and what it shows
 * @param field - the field for the secret
 */
export function signIn(
  controller: PanelController,
  connection: IConnection,
  form: { kind: ISignIn['kind']; username: string; connector?: string | null },
  field: HTMLInputElement | null
): Promise<void> {
  const { kind, connector } = form;
  const username = form.username.trim();
  const remember = controller.draft(connection.id).remember ?? 'server';
  return controller.run(async model => {
    const secret = takeSecret(field);
    const credentials: ICredentials =
      kind === 'password'
        ? { username, password: secret, connector }
        : kind === 'token'
          ? { token: secret }
          : { cookies: secret };
    try {
      if (kind === 'password') {
        await keepUserName(model, connection, username);
      }
      const { rungs } = await model.connect(connection.name, {
        ...credentials,
        remember
      });
      if (
        rungs[0].state === 'failed' ||
        rungs[1].code === 'connector-unknown'
      ) {
        returnSecret(field, secret);
      }
    } catch (reason) {
      returnSecret(field, secret);
      throw reason;
    }
  }, connection.name);
}

/**
 * Keep a user name with its connection, so that it is there next time. That is
 * a convenience: where it is refused, the sign-in goes on.
 */
async function keepUserName(
  model: IKfpConnection,
  connection: IConnection,
  username: string
): Promise<void> {
  const isOwn = connection.source === 'user' && !connection.locked;
  const isFree = connection.locked && connection.username === null;
  if (username === connection.username || !(isOwn || isFree)) {
    return;
  }
  try {
    await model.save(connection.name, { username });
  } catch (reason) {
    if (!(reason instanceof KfpApiError)) {
      throw reason;
    }
  }
}
