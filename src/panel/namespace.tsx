import React, { useRef, useState } from 'react';
import type { IConnection } from '../_contract';
import { isConnected, namespaceOf } from '../connections';
import { Action } from './buttons';
import { useController, useDraft, useFocusOn } from './context';
import type { PanelController } from './controller';
import { TextField } from './fields';
import { PlainSelect } from './plainselect';

/**
 * The choice that leads to a field for a namespace that is not listed.
 */
const OTHER = '*';

/**
 * Work in another namespace. That needs no new sign-in: the server proves it
 * with the session that there is.
 */
function workIn(
  controller: PanelController,
  connection: IConnection,
  namespace: string | null
): void {
  const fields = { namespace };
  void (isConnected(connection)
    ? controller.edit(connection, fields)
    : controller.change(connection.name, fields));
}

/**
 * The namespace of a connection that stands, with the user's role there; a
 * press chooses another.
 */
export function NamespaceChoice(props: {
  connection: IConnection;
}): JSX.Element {
  const { connection } = props;
  const controller = useController();
  const { trans, overviews } = controller;
  const [isTyping, setTyping] = useState(false);
  const shown = namespaceOf(connection) ?? '';
  const known = overviews.namespaces(connection);
  const named = known.some(each => each.namespace === shown)
    ? known
    : [{ namespace: shown, role: '' }, ...known];
  if (isTyping) {
    return (
      <NamespaceForm connection={connection} onDone={() => setTyping(false)} />
    );
  }
  const options = named.map(({ namespace, role }) => ({
    value: namespace,
    text: role ? trans.__('%1 · %2', namespace, role) : namespace
  }));
  return (
    <PlainSelect
      label={trans.__('Namespace')}
      options={[
        ...options,
        { value: OTHER, text: trans.__('Another namespace…') }
      ]}
      value={shown}
      onChoose={value => {
        if (value === OTHER) {
          setTyping(true);
        } else {
          workIn(controller, connection, value);
        }
      }}
    />
  );
}

/**
 * What the form for a namespace needs.
 */
interface INamespaceFormProps {
  /** The connection to work with. */
  connection: IConnection;
  /** Called when the form has been sent or left. */
  onDone?: () => void;
}

/**
 * Asks for the namespace to work in.
 */
export function NamespaceForm(props: INamespaceFormProps): JSX.Element {
  const { connection, onDone } = props;
  const controller = useController();
  const { trans, overviews } = controller;
  const [draft, type] = useDraft(connection.id);
  const namespace = draft.namespace ?? connection.namespace ?? '';
  const field = useRef<HTMLInputElement>(null);
  useFocusOn(() => field.current, connection.rungs[2].checked_at);
  const known = overviews.namespaces(connection);
  const listId = `kfp-namespaces-${connection.id}`;
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    onDone?.();
    workIn(controller, connection, namespace.trim() || null);
  };
  return (
    <form className="kfp-Form" onSubmit={submit} noValidate>
      <TextField
        ref={field}
        label={trans.__('Namespace')}
        list={listId}
        value={namespace}
        onText={text => type({ namespace: text })}
      />
      <datalist id={listId}>
        {known.map(each => (
          <option key={each.namespace} value={each.namespace} />
        ))}
      </datalist>
      <div className="kfp-Row">
        <Action type="submit" primary>
          {trans.__('Use this namespace')}
        </Action>
        {onDone && <Action onClick={onDone}>{trans.__('Cancel')}</Action>}
      </div>
    </form>
  );
}
