import { Dialog, showDialog } from '@jupyterlab/apputils';
import React, { useRef } from 'react';
import type { IConnection } from '../_contract';
import { isFree, isOwn, withHost } from '../connections';
import type { ConnectionFields } from '../tokens';
import { Action } from './buttons';
import { useController, useDraft, useFocusOn } from './context';
import type { PanelController } from './controller';
import type { IDraft } from './drafts';
import { SelectField, TextField } from './fields';
import { ProblemNote } from './problem';
import { useRefusals } from './refusals';
import { SourceNote } from './sourcenote';
import { CA_FILE, TrustFields } from './trust';

/**
 * Delete a connection, once that is sure.
 */
async function remove(
  controller: PanelController,
  connection: IConnection
): Promise<void> {
  const { trans } = controller;
  const { button } = await showDialog({
    title: trans.__('Delete the connection %1?', connection.title),
    body: trans.__('Its session ends, in every kernel too.'),
    buttons: [
      Dialog.cancelButton(),
      Dialog.warnButton({ label: trans.__('Delete') })
    ]
  });
  if (button.accept) {
    controller.show('main');
    await controller.run(model => model.remove(connection.name));
  }
}

/**
 * The fields that an administrator can leave to the user.
 */
const FREE: ReadonlyArray<IConnection['free'][number]> = [
  'username',
  'namespace'
];

/**
 * What to change of a connection, after what was typed.
 */
function changes(connection: IConnection, draft: IDraft): ConnectionFields {
  const { title, name, host, auth, username, namespace } = draft;
  const { caFile, skipVerification } = draft;
  return {
    ...(host !== undefined && withHost(connection, host.trim())),
    ...(title !== undefined && { title: title.trim() }),
    ...(name !== undefined && { name: name.trim() }),
    ...(auth !== undefined && { auth }),
    ...(username !== undefined && { username: username.trim() || null }),
    ...(namespace !== undefined && { namespace: namespace.trim() || null }),
    ...(caFile !== undefined && { ssl_ca_cert: caFile.trim() || null }),
    ...(skipVerification !== undefined && { verify_ssl: !skipVerification })
  };
}

/**
 * The form that changes a connection.
 */
export function Editor(props: { connection: IConnection }): JSX.Element {
  const { connection } = props;
  const controller = useController();
  const { trans, problem } = controller;
  const [draft, type] = useDraft(connection.id);
  const { of, rest } = useRefusals('title', 'name', 'host', ...FREE, CA_FILE);
  const own = isOwn(connection);
  const form = useRef<HTMLFormElement>(null);
  useFocusOn(
    () =>
      form.current?.querySelector<HTMLElement>('[aria-invalid]') ??
      form.current?.querySelector('input:not([readonly])') ??
      null,
    problem
  );
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    void controller.edit(connection, changes(connection, draft));
  };
  return (
    <form
      ref={form}
      className="kfp-Form kfp-Editor"
      aria-label={trans.__('Edit this connection')}
      onSubmit={submit}
      noValidate
    >
      <SourceNote connection={connection} />
      {own && (
        <>
          <TextField
            label={trans.__('Title')}
            value={draft.title ?? connection.title}
            error={of('title')}
            onText={text => type({ title: text })}
          />
          <TextField
            label={trans.__('Name')}
            hint={trans.__(
              'What notebooks call it: %1',
              `%kfp_connect ${draft.name ?? connection.name}`
            )}
            value={draft.name ?? connection.name}
            error={of('name')}
            onText={text => type({ name: text })}
          />
        </>
      )}
      <TextField
        label={trans.__('Address')}
        inputMode="url"
        readOnly={!own}
        hint={own ? trans.__('Another address ends the session.') : undefined}
        value={draft.host ?? connection.host}
        error={of('host')}
        onText={text => type({ host: text })}
      />
      {own && <WayIn connection={connection} />}
      <FreeField
        connection={connection}
        field="username"
        label={trans.__('User name')}
      />
      <FreeField
        connection={connection}
        field="namespace"
        label={trans.__('Namespace')}
      />
      {own && <TrustFields connection={connection} />}
      {rest && <ProblemNote problem={rest} />}
      <div className="kfp-Row">
        <Action type="submit" primary>
          {trans.__('Save')}
        </Action>
        <Action
          onClick={() => {
            controller.forget(connection.id);
            controller.show('main');
          }}
        >
          {trans.__('Cancel')}
        </Action>
      </div>
      <MoreActions connection={connection} />
    </form>
  );
}

/**
 * The choice of the way in.
 */
function WayIn({ connection }: { connection: IConnection }): JSX.Element {
  const { trans } = useController();
  const [draft, type] = useDraft(connection.id);
  const value = draft.auth ?? connection.auth;
  const ways: { [auth in IConnection['auth']]?: string } = {
    auto: trans.__('Automatic'),
    dex: trans.__('User name and password'),
    'bearer-token': trans.__('Token'),
    'session-cookie': trans.__('Session cookie'),
    'service-account-token': trans.__('Mounted token'),
    none: trans.__('Nothing')
  };
  return (
    <SelectField
      label={trans.__('Sign in with')}
      options={Object.entries({ [value]: value, ...ways }).map(
        ([value, text]) => ({ value, text })
      )}
      value={value}
      onChoose={auth => type({ auth: auth as IConnection['auth'] })}
    />
  );
}

/**
 * What a field needs that is the user's on an administrator's connection too.
 */
interface IFreeFieldProps {
  /** The connection. */
  connection: IConnection;
  /** The field. */
  field: IConnection['free'][number];
  /** The label above it. */
  label: string;
}

/**
 * A field that is the user's where the administrator left it empty.
 */
function FreeField(props: IFreeFieldProps): JSX.Element {
  const { connection, field, label } = props;
  const [draft, type] = useDraft(connection.id);
  const refused = useRefusals(field).of(field);
  const isFixed = !isFree(connection, field);
  const value = connection[field] ?? '';
  return (
    <TextField
      label={label}
      value={isFixed ? value : (draft[field] ?? value)}
      readOnly={isFixed}
      error={refused}
      onText={text => type({ [field]: text })}
    />
  );
}

/**
 * Makes a connection the default, or deletes it.
 */
function MoreActions(props: { connection: IConnection }): JSX.Element {
  const { connection } = props;
  const controller = useController();
  const { trans, model } = controller;
  const { name } = connection;
  const mayDefault = model.connections.length > 1 && model.defaultName !== name;
  return (
    <div className="kfp-Row">
      {mayDefault && (
        <Action
          onClick={() => void controller.run(model => model.setDefault(name))}
        >
          {trans.__('Make it the default')}
        </Action>
      )}
      {isOwn(connection) && (
        <Action onClick={() => void remove(controller, connection)}>
          {trans.__('Delete')}
        </Action>
      )}
    </div>
  );
}
