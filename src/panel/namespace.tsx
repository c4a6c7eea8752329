import React, { useRef } from 'react';
import type { IConnection } from '../_contract';
import { Action } from './buttons';
import { useController, useDraft, useFocusOn } from './context';
import { TextField } from './fields';

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
 * Chooses the namespace to work in.
 */
export function NamespaceForm(props: INamespaceFormProps): JSX.Element {
  const { connection, onDone } = props;
  const controller = useController();
  const { trans } = controller;
  const [draft, type] = useDraft(connection.id);
  const namespace = draft.namespace ?? connection.namespace ?? '';
  const field = useRef<HTMLInputElement>(null);
  useFocusOn(() => field.current, connection.rungs[2].checked_at);
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    onDone?.();
    void controller.change(connection.name, {
      namespace: namespace.trim() || null
    });
  };
  return (
    <form className="kfp-Form" onSubmit={submit} noValidate>
      <TextField
        ref={field}
        label={trans.__('Namespace')}
        value={namespace}
        onText={text => type({ namespace: text })}
      />
      <div className="kfp-Row">
        <Action type="submit" primary>
          {trans.__('Use this namespace')}
        </Action>
        {onDone && <Action onClick={onDone}>{trans.__('Cancel')}</Action>}
      </div>
    </form>
  );
}
