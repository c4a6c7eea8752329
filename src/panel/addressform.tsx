import React, { useRef, useState } from 'react';
import { isReadableOnTheWay } from '../connections';
import { Action } from './buttons';
import { useController, useDraft, useFocusOn } from './context';
import { SecretField, TextField } from './fields';
import { ProblemNote } from './problem';
import { useRefusals } from './refusals';
import { RememberField } from './remember';
import { connectTo } from './signing';
import { ClearTextWarning } from './warning';

/**
 * What an address looks like, in every language.
 */
const EXAMPLE = 'https://kubeflow.example.com/pipeline';

/**
 * What the form for a new connection needs.
 */
interface IAddressFormProps {
  /** The label of the address. */
  label: string;
  /** Whether to ask for user name and password before an address is typed. */
  open: boolean;
  /** More buttons beside Connect. */
  children?: React.ReactNode;
}

/**
 * Address, user name and password of a new connection, in one go. The last two
 * may stay empty: where a front door asks for them, the ladder will.
 */
export function AddressForm(props: IAddressFormProps): JSX.Element {
  const controller = useController();
  const { trans, problem } = controller;
  const address = useRef<HTMLInputElement>(null);
  const name = useRef<HTMLInputElement>(null);
  const secret = useRef<HTMLInputElement>(null);
  const [draft, type] = useDraft('');
  const [isAsking, setAsking] = useState(false);
  const [missing, setMissing] = useState<typeof address | null>(null);
  const { host = '', username = '' } = draft;
  const readable = isReadableOnTheWay(host);
  const { of, rest } = useRefusals('host');
  const empty =
    missing === address && !host.trim()
      ? trans.__('Type the address of your Kubeflow.')
      : null;
  const nameless =
    missing === name && !username.trim()
      ? trans.__('Type your user name.')
      : null;

  useFocusOn(() => address.current, problem);

  const send = () => {
    setAsking(false);
    void connectTo(controller, secret.current);
  };
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    const password = secret.current?.value;
    const lacks =
      host.trim() === '' ? address : password && !username.trim() ? name : null;
    setMissing(lacks);
    if (lacks) {
      lacks.current?.focus();
    } else if (readable && password) {
      setAsking(true);
    } else {
      send();
    }
  };

  return (
    <form className="kfp-Form" method="post" onSubmit={submit} noValidate>
      <TextField
        ref={address}
        label={props.label}
        name="kfp-host"
        inputMode="url"
        autoComplete="url"
        placeholder={EXAMPLE}
        value={host}
        error={of('host') ?? empty}
        onText={text => type({ host: text })}
      />
      {(props.open || host !== '') && (
        <>
          <TextField
            ref={name}
            label={trans.__('User name')}
            name="kfp-username"
            autoComplete="username"
            value={username}
            error={nameless}
            onText={text => type({ username: text })}
          />
          <SecretField
            ref={secret}
            label={trans.__('Password')}
            autoComplete="current-password"
            hint={trans.__('Leave both empty where no sign-in is needed.')}
          />
          <RememberField draftKey="" />
        </>
      )}
      {readable && (
        <ClearTextWarning
          host={host}
          asking={isAsking}
          onYes={send}
          onNo={() => {
            setAsking(false);
            address.current?.focus();
          }}
        />
      )}
      {rest && <ProblemNote problem={rest} />}
      <div className="kfp-Row">
        <Action type="submit" primary={props.open || host !== ''}>
          {trans.__('Connect')}
        </Action>
        {props.children}
      </div>
    </form>
  );
}
