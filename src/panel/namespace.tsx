import React, { useRef, useState } from 'react';
import type { IConnection } from '../_contract';
import { isConnected, namespaceOf } from '../connections';
import { Action } from './buttons';
import { useController, useDraft, useFocusOn } from './context';
import type { PanelController } from './controller';
import { SelectField, TextField } from './fields';
import { type IChoice, PlainSelect } from './plainselect';
import { useRefusals } from './refusals';

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
): Promise<void> {
  const fields = { namespace };
  return isConnected(connection)
    ? controller.edit(connection, fields)
    : controller.change(connection.name, fields);
}

/**
 * The user's namespaces, and the one in use where it is none of them.
 */
function listed(
  { namespaces }: IConnection,
  used: string | null
): IConnection['namespaces'] {
  return !used || namespaces.some(each => each.namespace === used)
    ? namespaces
    : [{ namespace: used, role: '' }, ...namespaces];
}

/**
 * Namespaces with the user's role in each, and a way to any other.
 */
function choices(
  namespaces: IConnection['namespaces'],
  { trans }: PanelController
): IChoice[] {
  return [
    ...namespaces.map(({ namespace, role }) => ({
      value: namespace,
      text: role ? trans.__('%1 · %2', namespace, role) : namespace
    })),
    { value: OTHER, text: trans.__('Another namespace…') }
  ];
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
  const { trans } = controller;
  const [isTyping, setTyping] = useState(false);
  const shown = namespaceOf(connection) ?? '';
  if (isTyping) {
    return (
      <NamespaceForm connection={connection} onDone={() => setTyping(false)} />
    );
  }
  return (
    <PlainSelect
      label={trans.__('Namespace')}
      options={choices(listed(connection, shown), controller)}
      value={shown}
      onChoose={value => {
        if (value === OTHER) {
          setTyping(true);
        } else {
          void workIn(controller, connection, value);
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
  /** Whether there is more to do than to choose another namespace. */
  isAside?: boolean;
  /** Asks for one that is not listed; called when that is done or left. */
  onDone?: () => void;
}

/**
 * Asks for the namespace to work in: one of the user's own, or any other.
 */
export function NamespaceForm(props: INamespaceFormProps): JSX.Element {
  const { connection, isAside, onDone } = props;
  const controller = useController();
  const { trans } = controller;
  const [draft, type] = useDraft(connection.id);
  const known = listed(connection, connection.namespace);
  const [isAsked, ask] = useState(!!onDone);
  const isTyping = isAsked || connection.namespaces.length === 0;
  const namespace = draft.namespace ?? connection.namespace ?? '';
  const isListed = known.some(each => each.namespace === namespace);
  const refused = useRefusals('namespace').of('namespace');
  const form = useRef<HTMLFormElement>(null);
  const field = () =>
    form.current?.querySelector<HTMLElement>('select, input') ?? null;
  useFocusOn(
    () => (isAside && !isAsked && !refused ? null : field()),
    [connection.rungs[2].checked_at, isAsked, refused].join()
  );
  const submit = async (event: React.FormEvent) => {
    event.preventDefault();
    if (!isTyping && !isListed) {
      field()?.focus();
      return;
    }
    await workIn(controller, connection, namespace.trim() || null);
    if (!controller.problem) {
      ask(false);
      onDone?.();
    }
  };
  return (
    <form
      className="kfp-Form"
      ref={form}
      onSubmit={event => void submit(event)}
      noValidate
    >
      {isTyping ? (
        <TextField
          label={trans.__('Namespace')}
          value={namespace}
          error={refused}
          onText={text => type({ namespace: text })}
        />
      ) : (
        <SelectField
          label={trans.__('Namespace')}
          options={[
            ...(isListed ? [] : [{ value: '', text: trans.__('Choose one…') }]),
            ...choices(known, controller)
          ]}
          value={isListed ? namespace : ''}
          onChoose={value => {
            const isOther = value === OTHER;
            ask(isOther);
            type({ namespace: isOther ? '' : value });
          }}
        />
      )}
      <div className="kfp-Row">
        <Action type="submit" primary={!isAside}>
          {trans.__('Use this namespace')}
        </Action>
        {onDone && <Action onClick={onDone}>{trans.__('Cancel')}</Action>}
      </div>
    </form>
  );
}
