import React from 'react';
import type { IConnection, ICredentials } from '../_contract';
import { LinkButton } from './buttons';
import { useController, useDraft } from './context';
import { Check, SelectField } from './fields';

/**
 * Asks how long a password is kept. The keyring is offered only where there is
 * a real one.
 *
 * @param props - `draftKey`: the form's draft
 */
export function RememberField(props: { draftKey: string }): JSX.Element {
  const { trans, model } = useController();
  const [draft, type] = useDraft(props.draftKey);
  const remember = draft.remember ?? 'server';
  if (!model.policy?.keyring) {
    return (
      <Check
        label={trans.__('Stay signed in until the server stops')}
        checked={remember !== 'no'}
        onCheck={checked => type({ remember: checked ? 'server' : 'no' })}
      />
    );
  }
  return (
    <SelectField
      label={trans.__('Keep the password')}
      options={[
        { value: 'server', text: trans.__('Until the server stops') },
        { value: 'keyring', text: trans.__('In the system’s keyring') },
        { value: 'no', text: trans.__('Do not keep it') }
      ]}
      value={remember}
      onChoose={value => type({ remember: value as ICredentials['remember'] })}
    />
  );
}

/**
 * Says that a password is in the keyring, and removes it on one press.
 */
export function KeyringNote(props: {
  connection: IConnection;
}): JSX.Element | null {
  const { connection } = props;
  const controller = useController();
  const { trans } = controller;
  if (connection.remembered !== 'keyring') {
    return null;
  }
  return (
    <small>
      {trans.__('The password is in the system’s keyring.')}{' '}
      <LinkButton
        title={trans.__('Ends the session too')}
        onClick={() =>
          void controller.run(model => model.disconnect(connection.name))
        }
      >
        {trans.__('Remove it')}
      </LinkButton>
    </small>
  );
}
