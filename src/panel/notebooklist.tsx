import React from 'react';
import type { IConnection } from '../_contract';
import { notebookLabel } from '../texts';
import type { IKfpNotebooks } from '../tokens';
import { LinkButton } from './buttons';
import { useController } from './context';

/**
 * The open notebooks, and the client in each.
 */
export function NotebookList(props: {
  connection: IConnection;
}): JSX.Element | null {
  const { trans, model } = useController();
  const { items } = model.notebooks;
  if (items.length === 0) {
    return null;
  }
  return (
    <section className="kfp-Section">
      <h3>{trans.__('Notebooks')}</h3>
      <ul>
        {items.map(item => (
          <Entry
            key={item.panel.id}
            item={item}
            connection={props.connection}
          />
        ))}
      </ul>
    </section>
  );
}

/**
 * One notebook: what it has, or the ways to give it something.
 */
function Entry(props: {
  item: IKfpNotebooks.IItem;
  connection: IConnection;
}): JSX.Element {
  const { item, connection } = props;
  const { trans, model } = useController();
  const { tone, description } = notebookLabel(item, trans);
  const { state, detail } = item.rung;
  const isHere = state === 'ok' && item.connection === connection.name;
  return (
    <li className="kfp-Item" title={description}>
      <span className={`kfp-Dot kfp-mod-${tone}`} aria-hidden="true" />
      <span className="kfp-Item-name">{item.label}</span>
      {state === 'ok' && (
        <span className="kfp-Item-note kfp-Code">
          {item.variable}
          <span className="kfp-Hidden">
            {detail === 'live' ? trans.__('is live') : trans.__('is ready')}
          </span>
        </span>
      )}
      {state === 'checking' && <small>{trans.__('on its way…')}</small>}
      {!isHere && state !== 'checking' && (
        <LinkButton
          aria-label={trans.__('Put it in %1', item.label)}
          onClick={() => void model.notebooks.put(item.panel, connection.name)}
        >
          {trans.__('Put it here')}
        </LinkButton>
      )}
      {state === 'ok' && (
        <LinkButton
          aria-label={trans.__('Insert a cell in %1', item.label)}
          onClick={() => model.notebooks.insertCell(item.panel)}
        >
          {trans.__('Insert cell')}
        </LinkButton>
      )}
    </li>
  );
}
