import type { IConnection, IRung } from '../_contract';

/** A rung as the server answers it. */
export function rung(
  name: IRung['rung'],
  state: IRung['state'] = 'unknown',
  rest: Partial<IRung> = {}
): IRung {
  return {
    rung: name,
    state,
    code: state === 'ok' ? 'ok' : null,
    detail: null,
    remedy: null,
    actor: state === 'failed' ? 'you' : null,
    ms: null,
    checked_at: null,
    ...rest
  };
}

/** A remedy as the server answers it. */
export function remedy(
  text: string,
  copy: string | null = null,
  filename: string | null = null
): IRung['remedy'] {
  return { text, copy, filename, link: null };
}

/** A connection as the server answers it, on which nothing was tried yet. */
export function connection(rest: Partial<IConnection> = {}): IConnection {
  return {
    name: 'work',
    id: `id-${rest.name ?? 'work'}`,
    title: 'Work',
    host: 'https://kubeflow.example.com/pipeline',
    namespace: null,
    auth: 'auto',
    connector: null,
    username: null,
    client_id: null,
    scopes: null,
    token_file: null,
    token_command: null,
    verify_ssl: true,
    ssl_ca_cert: null,
    ui_host: null,
    proxy: null,
    login_hosts: [],
    port_forward: null,
    timeout: null,
    source: 'user',
    locked: false,
    free: [],
    way: null,
    signed_in_as: null,
    expires_at: null,
    renews: false,
    remembered: 'no',
    generation: 0,
    kfp_version: null,
    multi_user: null,
    ui_url: null,
    namespaces: [],
    busy: false,
    sign_in: null,
    rungs: [rung('reachable'), rung('signed-in'), rung('authorized')],
    ...rest
  };
}

/** A connection that waits for user name and password. */
export function signedOut(rest: Partial<IConnection> = {}): IConnection {
  return connection({
    sign_in: {
      kind: 'password',
      connectors: [
        { id: 'local', title: 'Email' },
        { id: 'ldap', title: 'Company LDAP' }
      ],
      others: ['token']
    },
    rungs: [
      rung('reachable', 'ok', { detail: 'a Kubeflow front door', ms: 21 }),
      rung('signed-in', 'failed', {
        code: 'sign-in-needed',
        detail: 'nobody is signed in',
        remedy: remedy('Sign in as on the Kubeflow dashboard.')
      }),
      rung('authorized')
    ],
    ...rest
  });
}

/** A connection whose rungs hold. */
export function connected(rest: Partial<IConnection> = {}): IConnection {
  return connection({
    namespace: 'team-a',
    generation: 1,
    renews: true,
    multi_user: true,
    signed_in_as: 'jane@example.com',
    rungs: [
      rung('reachable', 'ok', { detail: 'KFP 2.16.0', ms: 38 }),
      rung('signed-in', 'ok', { detail: 'jane@example.com', ms: 241 }),
      rung('authorized', 'ok', { detail: 'team-a', ms: 12 })
    ],
    ...rest
  });
}
