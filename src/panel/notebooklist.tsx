import { Button, addBelowIcon } from '@jupyterlab/ui-components';
import React from 'react';
import type { IConnection } from '../_contract';
import { isForeign, rungNote } from '../notes';
import { notebookLabel } from '../texts';
import type { IKfpNotebooks } from '../tokens';
import { LinkButton } from './buttons';
import { useController } from './context';

/**
 * The open notebooks and consoles, and the client in each.
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
      <h3>
        {items.some(item => !item.notebook)
          ? trans.__('Notebooks and consoles')
          : trans.__('Notebooks')}
      </h3>
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
 * What an entry of the list needs.
 */
interface IEntryProps {
  /** The notebook or console. */
  item: IKfpNotebooks.IItem;
  /** The connection that is shown. */
  connection: IConnection;
}

/**
 * One notebook: what it has, or the ways to give it something.
 */
function Entry({ item, connection }: IEntryProps): JSX.Element {
  const { trans, model } = useController();
  const { tone, description } = notebookLabel(item, trans);
  const { state, detail: said } = item.rung;
  // A ring is ready, a disc is in use; the words are there too.
  const detail = state === 'ok' && said !== 'live' ? 'armed' : 'full';
  const isHere = state === 'ok' && item.connection === connection.name;
  const mayPut = !isHere && state !== 'checking' && !isForeign(item);
  return (
    <li className="kfp-Item" title={`${item.label}: ${description}`}>
      <span
        className={`kfp-Dot kfp-mod-${tone} kfp-mod-${detail}`}
        aria-hidden="true"
      />
      <span className="kfp-Item-name">{item.label}</span>
      <Note item={item} isHere={isHere} />
      {mayPut && (
        <LinkButton
          aria-label={trans.__('Put it in %1', item.label)}
          onClick={() => void model.notebooks.put(item.panel, connection.name)}
        >
          {trans.__('Put it here')}
        </LinkButton>
      )}
      {state === 'ok' && item.notebook && (
        <Button
          minimal
          className="kfp-Icon kfp-mod-small"
          title={trans.__('Insert a cell that uses it')}
          aria-label={trans.__('Insert a cell in %1', item.label)}
          onClick={() => model.notebooks.insertCell(item.notebook!)}
        >
          <addBelowIcon.react tag="span" />
        </Button>
      )}
    </li>
  );
}

/**
 * The client's name, whose it is when it is another connection's, and how it
 * is; or why there is none.
 */
function Note(props: {
  item: IKfpNotebooks.IItem;
  isHere: boolean;
}): JSX.Element | null {
  const { item, isHere } = props;
  const { trans } = useController();
  const { rung, variable, others, connection, language } = item;
  if (rung.state === 'unknown') {
    return isForeign(item) ? (
      <span className="kfp-Item-note">{language}</span>
    ) : null;
  }
  const note = rungNote(rung, trans);
  if (rung.state !== 'ok') {
    return <span className="kfp-Item-note">{note}</span>;
  }
  return (
    <span className="kfp-Item-note">
      <span className="kfp-Code">{[variable, ...others].join(', ')}</span>
      <span className="kfp-Hidden"> {note}</span>
      {!isHere && connection && <> {trans.__('of %1', connection)}</>}
    </span>
  );
}
