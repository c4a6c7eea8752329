import {
  Button,
  addIcon,
  caretDownEmptyIcon,
  editIcon
} from '@jupyterlab/ui-components';
import React from 'react';
import type { IConnection } from '../_contract';
import { authority, isSandbox } from '../connections';
import { lockIcon } from '../icons';
import { sourceNote } from '../notes';
import { useController } from './context';
import { SandboxBadge } from './badge';

/**
 * The order in which the connections are listed.
 */
const SOURCES: ReadonlyArray<IConnection['source']> = [
  'user',
  'admin',
  'detected',
  'sandbox'
];

/**
 * Chooses the connection to show, and leads to the forms.
 */
export function Picker(props: { connection: IConnection }): JSX.Element {
  const { connection } = props;
  const controller = useController();
  const { trans, model, screen } = controller;
  const title = connection.title || connection.name;
  const host = authority(connection.host);
  const isLocked = model.policy?.locked ?? false;
  return (
    <div className="kfp-Picker">
      <div className="kfp-Select">
        <span className="kfp-Select-shown" aria-hidden="true">
          {connection.locked && (
            <lockIcon.react tag="span" className="kfp-Lock" />
          )}
          <span className="kfp-Select-words">
            <span className="kfp-Select-title">{title}</span>
            {isSandbox(connection) && <SandboxBadge />}
            {host !== title && <span className="kfp-Select-host">{host}</span>}
          </span>
          <caretDownEmptyIcon.react tag="span" className="kfp-Caret" />
        </span>
        <select
          aria-label={trans.__('Connection')}
          title={`${title}, ${host}`}
          value={connection.name}
          onChange={event => controller.select(event.target.value)}
        >
          {SOURCES.map(source => (
            <Group key={source} source={source} />
          ))}
        </select>
      </div>
      <Button
        minimal
        className="kfp-Icon"
        title={trans.__('Edit this connection')}
        aria-label={trans.__('Edit this connection')}
        aria-pressed={screen === 'edit'}
        onClick={() => controller.show(screen === 'edit' ? 'main' : 'edit')}
      >
        <editIcon.react tag="span" />
      </Button>
      {!isLocked && (
        <Button
          minimal
          className="kfp-Icon"
          title={trans.__('New connection')}
          aria-label={trans.__('New connection')}
          onClick={() => controller.show('new')}
        >
          <addIcon.react tag="span" />
        </Button>
      )}
    </div>
  );
}

/**
 * The connections that come from one place.
 */
function Group(props: { source: IConnection['source'] }): JSX.Element | null {
  const { trans, model } = useController();
  const listed = model.connections.filter(each => each.source === props.source);
  if (listed.length === 0) {
    return null;
  }
  return (
    <optgroup label={sourceNote(props.source, trans)}>
      {listed.map(each => (
        <option key={each.id} value={each.name}>
          {each.name === model.defaultName
            ? trans.__('%1, the default', optionText(each))
            : optionText(each)}
        </option>
      ))}
    </optgroup>
  );
}

function optionText(connection: IConnection): string {
  const title = connection.title || connection.name;
  const host = authority(connection.host);
  return title === host ? title : `${title} (${host})`;
}
