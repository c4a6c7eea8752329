import { Dialog, showDialog } from '@jupyterlab/apputils';
import React, { useRef } from 'react';
import type { IConnection } from '../_contract';
import type { ConnectionFields } from '../tokens';
import { Action } from './buttons';
import { useController, useDraft, useFocusOn } from './context';
import type { PanelController } from './controller';
import { TextField } from './fields';
import { ProblemNote } from './problem';
import { TrustFields } from './trust';

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
 * The form that changes a connection.
 */
export function Editor(props: { connection: IConnection }): JSX.Element {
  const { connection } = props;
  const controller = useController();
  const { trans, problem, model } = controller;
  const [draft, type] = useDraft(connection.id);
  const { name, locked, source } = connection;
  const own = source === 'user' && !locked;
  const form = useRef<HTMLFormElement>(null);
  useFocusOn(() => form.current?.querySelector('input') ?? null, problem);
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    const { title, host, namespace, caFile, skipVerification } = draft;
    const fields: ConnectionFields = {};
    if (title !== undefined) {
      fields.title = title.trim();
    }
    if (host !== undefined) {
      fields.host = host.trim();
    }
    if (namespace !== undefined) {
      fields.namespace = namespace.trim() || null;
    }
    if (caFile !== undefined) {
      fields.ssl_ca_cert = caFile.trim() || null;
    }
    if (skipVerification !== undefined) {
      fields.verify_ssl = !skipVerification;
    }
    void controller.edit(name, fields);
  };
  return (
    <form
      ref={form}
      className="kfp-Form kfp-Editor"
      aria-label={trans.__('Edit this connection')}
      onSubmit={submit}
      noValidate
    >
      {own && (
        <>
          <TextField
            label={trans.__('Title')}
            value={draft.title ?? connection.title}
            onText={text => type({ title: text })}
          />
          <TextField
            label={trans.__('Address')}
            inputMode="url"
            hint={trans.__('Another address ends the session.')}
            value={draft.host ?? connection.host}
            onText={text => type({ host: text })}
          />
        </>
      )}
      <TextField
        label={trans.__('Namespace')}
        value={draft.namespace ?? connection.namespace ?? ''}
        readOnly={locked && connection.namespace !== null}
        onText={text => type({ namespace: text })}
      />
      {own && <TrustFields connection={connection} />}
      {problem && <ProblemNote problem={problem} />}
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
      <div className="kfp-Row">
        {model.connections.length > 1 && model.defaultName !== name && (
          <Action
            onClick={() => void controller.run(model => model.setDefault(name))}
          >
            {trans.__('Make it the default')}
          </Action>
        )}
        {own && (
          <Action onClick={() => void remove(controller, connection)}>
            {trans.__('Delete')}
          </Action>
        )}
      </div>
    </form>
  );
}
