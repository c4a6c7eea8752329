import React, { useRef } from 'react';
import type { IConnection } from '../_contract';
import { authority } from '../connections';
import { Action } from './buttons';
import { useController, useDraft, useFocusOn } from './context';
import { Check, TextField } from './fields';
import { useRefusals } from './refusals';
import { Warning } from './warning';

/**
 * The field for the certificate authority, as the server calls it.
 */
export const CA_FILE = 'ssl_ca_cert';

/**
 * The fields that say whose certificates are believed.
 */
export function TrustFields(props: { connection: IConnection }): JSX.Element {
  const { connection } = props;
  const { trans } = useController();
  const [draft, type] = useDraft(connection.id);
  const refused = useRefusals(CA_FILE).of(CA_FILE);
  const file = connection.ssl_ca_cert;
  const [{ code, detail }] = connection.rungs;
  const isUseless =
    code === 'tls-untrusted' &&
    !!file &&
    (draft.caFile ?? file) === file &&
    detail?.includes(file);
  const skips = draft.skipVerification ?? !connection.verify_ssl;
  return (
    <>
      <TextField
        label={trans.__('CA certificate file')}
        hint={trans.__('A path on the machine where the Jupyter server runs.')}
        value={draft.caFile ?? file ?? ''}
        error={
          refused ?? (isUseless ? trans.__('This file cannot be used.') : null)
        }
        onText={text => type({ caFile: text })}
      />
      <Check
        label={trans.__('Skip the verification of the certificate')}
        checked={skips}
        onCheck={checked => type({ skipVerification: checked })}
      />
      {skips && (
        <Warning>
          {trans.__(
            'Whoever sits between here and %1 can then read and change everything, the password included.',
            authority(connection.host)
          )}
        </Warning>
      )}
    </>
  );
}

/**
 * The form for a certificate that is not believed.
 */
export function TrustForm(props: { connection: IConnection }): JSX.Element {
  const { connection } = props;
  const controller = useController();
  const { trans } = controller;
  const [draft] = useDraft(connection.id);
  const form = useRef<HTMLFormElement>(null);
  useFocusOn(
    () => form.current?.querySelector('input') ?? null,
    `${connection.rungs[0].checked_at} ${controller.problem?.message}`
  );
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    const { caFile, skipVerification } = draft;
    void controller.change(connection.name, {
      ...(caFile === undefined ? {} : { ssl_ca_cert: caFile.trim() || null }),
      verify_ssl: !(skipVerification ?? !connection.verify_ssl)
    });
  };
  return (
    <form className="kfp-Form" ref={form} onSubmit={submit} noValidate>
      <TrustFields connection={connection} />
      <div className="kfp-Row">
        <Action type="submit" primary>
          {trans.__('Use this and try again')}
        </Action>
      </div>
    </form>
  );
}
