import React from 'react';
import type { IConnection } from '../_contract';
import { rung as fourthRung } from '../arming';
import { isConnected, isUsable } from '../connections';
import { isForeign } from '../notes';
import { Action } from './buttons';
import { useController } from './context';
import { Remedy } from './remedy';
import { Rung } from './rung';

/**
 * The fourth rung: will the active notebook's next cell find a live client?
 */
export function InNotebook(props: { connection: IConnection }): JSX.Element {
  const { connection } = props;
  const controller = useController();
  const { trans, model } = controller;
  const { notebooks } = model;
  const item = notebooks.current;
  const rung = item?.rung ?? fourthRung('unknown');
  const shown = { ...rung, ms: null };
  if (!item) {
    const detail = isConnected(connection)
      ? trans.__('open a notebook to use it')
      : null;
    return <Rung rung={shown} step={4} detail={detail} />;
  }
  const put = () => void notebooks.put(item.panel, connection.name);
  const foreign =
    item.connection !== null && item.connection !== connection.name;
  // The button that connects again stands below: no second way to say it.
  const isOver = rung.code === 'disconnected' && !isConnected(connection);
  let detail: React.ReactNode = rung.detail;
  if (rung.state === 'ok') {
    detail = foreign
      ? trans.__('%1 of %2', item.variable, item.connection)
      : trans.__('%1 in %2', item.variable, item.label);
    if (rung.code === 'kernel-remote') {
      // It will work, but by what the kernel finds where it runs.
      detail = `${detail}: ${rung.detail}`;
    }
  } else if (rung.state === 'checking') {
    detail = trans.__('on its way to %1', item.label);
  } else if (rung.state === 'unknown' && isForeign(item)) {
    detail = trans.__('%1 runs %2, not Python', item.label, item.language);
  }
  return (
    <Rung rung={shown} step={4} detail={detail}>
      {rung.state === 'failed' && !isOver && (
        <Remedy rung={rung} onRetry={put} />
      )}
      {rung.state === 'unknown' && isUsable(connection) && !isForeign(item) && (
        <div className="kfp-Row">
          <Action onClick={put}>{trans.__('Put it in %1', item.label)}</Action>
        </div>
      )}
    </Rung>
  );
}
