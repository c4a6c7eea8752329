import {
  Button,
  addIcon,
  caretDownEmptyIcon,
  editIcon
} from '@jupyterlab/ui-components';
import React from 'react';
import type { IConnection } from '../_contract';
import { authority } from '../connections';
import { useController } from './context';
import { SandboxBadge } from './badge';

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
          <span className="kfp-Select-title">{title}</span>
          {connection.source === 'sandbox' && <SandboxBadge />}
          {host !== title && <span className="kfp-Select-host">{host}</span>}
          <caretDownEmptyIcon.react tag="span" className="kfp-Caret" />
        </span>
        <select
          aria-label={trans.__('Connection')}
          value={connection.name}
          onChange={event => controller.select(event.target.value)}
        >
          {model.connections.map(each => (
            <option key={each.id} value={each.name}>
              {optionText(each)}
            </option>
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

function optionText(connection: IConnection): string {
  const title = connection.title || connection.name;
  const host = authority(connection.host);
  return title === host ? title : `${title} (${host})`;
}
