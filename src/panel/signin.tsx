import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useRef, useState } from 'react';
import type { IConnection, ISignIn } from '../_contract';
import { isReadableOnTheWay, placeOf } from '../connections';
import { Action } from './buttons';
import { useController, useDraft, useFocusOn, useSummons } from './context';
import { SecretField, TextField, returnSecret, takeSecret } from './fields';
import { RememberField } from './remember';
import { Segments } from './segments';
import { signIn as sendSignIn } from './signing';
import { ClearTextWarning } from './warning';

/**
 * What a sign-in form needs.
 */
interface ISignInProps {
  /** The connection to sign in to. */
  connection: IConnection;
  /** What its front door asks for. */
  signIn: ISignIn;
  /** Whether nobody is asked just now: the form keeps what was typed. */
  isAway: boolean;
}

/**
 * The form of the second rung: only what this front door asks for.
 */
export function SignIn(props: ISignInProps): JSX.Element {
  const { connection, signIn, isAway } = props;
  const [chosen, choose] = useState(signIn.kind);
  const offered = [signIn.kind, ...signIn.others];
  const kind = offered.includes(chosen) ? chosen : signIn.kind;
  const others = offered.filter(each => each !== kind && each !== 'device');
  const form =
    kind === 'login-host' ? (
      !isAway && <LoginHost connection={connection} host={signIn.host ?? ''} />
    ) : (
      <CredentialForm key={kind} {...props} kind={kind} />
    );
  return (
    <div className="kfp-SignIn" hidden={isAway}>
      {form}
      {others.length > 0 && (
        <OtherWays kinds={others} onChoose={kind => choose(kind)} />
      )}
    </div>
  );
}

/**
 * The other ways that this front door offers.
 */
function OtherWays(props: {
  kinds: ISignIn['kind'][];
  onChoose: (kind: ISignIn['kind']) => void;
}): JSX.Element {
  const controller = useController();
  const { trans } = controller;
  const words: { [kind in ISignIn['kind']]?: string } = {
    password: trans.__('Use a password instead'),
    token: trans.__('Use a token instead'),
    cookie: trans.__('Use a session cookie instead')
  };
  return (
    <div className="kfp-Links">
      {props.kinds.map(
        kind =>
          words[kind] && (
            <button
              key={kind}
              type="button"
              className="kfp-Link"
              onClick={() => {
                controller.act();
                props.onChoose(kind);
              }}
            >
              {words[kind]}
            </button>
          )
      )}
    </div>
  );
}

/**
 * Asks whether a sign-in may go on at another host.
 */
function LoginHost(props: {
  connection: IConnection;
  host: string;
}): JSX.Element {
  const controller = useController();
  const { trans } = controller;
  const { host, connection } = props;
  const { name } = connection;
  const row = useRef<HTMLDivElement>(null);
  useSummons(() => row.current?.querySelector('button') ?? null);
  return (
    <>
      {isReadableOnTheWay(host) && <ClearTextWarning host={host} />}
      <div className="kfp-Row" ref={row}>
        <Action
          primary
          onClick={() => void controller.connect(name, { login_host: host })}
        >
          {trans.__('Sign in at %1', host)}
        </Action>
      </div>
    </>
  );
}

/**
 * What is said of the field for a secret.
 */
interface ISecretWords {
  label: string;
  /** What is wrong while nothing stands in it. */
  empty: string;
  hint?: string;
}

/**
 * The words for the field of a password, a token or a cookie.
 */
function secretWords(
  kind: ISignIn['kind'],
  trans: TranslationBundle
): ISecretWords {
  switch (kind) {
    case 'token':
      return {
        label: trans.__('Token'),
        empty: trans.__('Paste a token.'),
        hint: trans.__('As “kubectl create token” prints it.')
      };
    case 'cookie':
      return {
        label: trans.__('Session cookie'),
        empty: trans.__('Paste a cookie.'),
        hint: trans.__(
          'From a browser that is signed in to Kubeflow: its whole row in the developer tools (Application, Cookies), which tells the day it ends too, or name=value.'
        )
      };
    default:
      return {
        label: trans.__('Password'),
        empty: trans.__('Type your password.')
      };
  }
}

/**
 * A form for a user name and password, a token or a cookie.
 */
function CredentialForm(
  props: ISignInProps & { kind: ISignIn['kind'] }
): JSX.Element {
  const { connection, signIn, kind, isAway } = props;
  const controller = useController();
  const { trans } = controller;
  const [draft, type] = useDraft(connection.id);
  const [isAsking, setAsking] = useState(false);
  const [missing, setMissing] = useState<'name' | 'secret' | null>(null);
  const { host, login_hosts } = connection;
  // Only a password goes to another host, and from https none goes on in clear.
  const others = kind === 'password' && /^http:/.test(host) ? login_hosts : [];
  const readable = [host, ...others].find(isReadableOnTheWay);
  const name = useRef<HTMLInputElement>(null);
  const secret = useRef<HTMLInputElement>(null);
  const sandbox = connection.source === 'sandbox';
  const username =
    draft.username ??
    connection.username ??
    (sandbox ? 'user@example.com' : '');
  const connectors = signIn.connectors ?? [];
  const wanted = draft.connector ?? connection.connector;
  // One that is not offered would be refused again and again.
  const offered = connectors.find(({ id }) => id === wanted) ?? connectors[0];
  const connector = offered?.id ?? wanted ?? null;
  const checkedAt = connection.rungs[1].checked_at;

  // The field to fill in is the one with the focus, after each answer too; who
  // is in the form stays there.
  useFocusOn(
    () =>
      isAway || secret.current?.form?.contains(document.activeElement)
        ? null
        : (name.current?.value === '' ? name : secret).current,
    `${checkedAt} ${isAway}`
  );
  useSummons(() => (isAway ? null : secret.current), isAway);
  useEffect(() => {
    const field = secret.current;
    // Somebody is signed in, or another host asks.
    return () => void takeSecret(field);
  }, []);

  useEffect(() => {
    if (kind === 'password' && draft.takeSecret) {
      // It was typed with the address.
      returnSecret(secret.current, draft.takeSecret(placeOf(connection)));
    }
  });

  const send = () => {
    setAsking(false);
    const form = { kind, username, connector };
    void sendSignIn(controller, connection, form, secret.current);
  };
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    if (name.current && !username.trim()) {
      setMissing('name');
      name.current.focus();
    } else if (!secret.current?.value) {
      setMissing('secret');
      secret.current?.focus();
    } else if (readable) {
      setAsking(true);
    } else {
      send();
    }
  };
  const { label, empty, hint } = secretWords(kind, trans);

  return (
    <form className="kfp-Form" method="post" onSubmit={submit} noValidate>
      {kind === 'password' && connectors.length > 1 && (
        <Segments
          label={trans.__('Sign in with')}
          options={connectors}
          value={connector}
          onChoose={id => type({ connector: id })}
        />
      )}
      {kind === 'password' && (
        <TextField
          ref={name}
          label={trans.__('User name')}
          name="kfp-username"
          autoComplete="username"
          value={username}
          error={missing === 'name' ? trans.__('Type your user name.') : null}
          onText={text => {
            setMissing(null);
            type({ username: text });
          }}
        />
      )}
      <SecretField
        ref={secret}
        label={label}
        autoComplete={kind === 'password' ? 'current-password' : 'off'}
        error={missing === 'secret' ? empty : null}
        hint={
          sandbox && kind === 'password'
            ? trans.__('The sandbox’s password is %1.', '12341234')
            : hint
        }
        onEdit={() => {
          setMissing(null);
          controller.act();
        }}
      />
      {kind === 'password' && <RememberField draftKey={connection.id} />}
      {readable && (
        <ClearTextWarning
          host={readable}
          asking={isAsking}
          onYes={send}
          onNo={() => {
            setAsking(false);
            secret.current?.focus();
          }}
        />
      )}
      <div className="kfp-Row">
        <Action type="submit" primary>
          {trans.__('Connect')}
        </Action>
      </div>
    </form>
  );
}
