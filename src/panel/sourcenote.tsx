import React from 'react';
import type { IConnection } from '../_contract';
import { lockIcon } from '../icons';
import { useController } from './context';

/**
 * Says of an administrator's connection that it is one, and what of it is the
 * user's all the same.
 */
export function SourceNote(props: {
  connection: IConnection;
}): JSX.Element | null {
  const { trans } = useController();
  if (!props.connection.locked) {
    return null;
  }
  return (
    <p className="kfp-Source">
      <lockIcon.react tag="span" className="kfp-Lock" />
      <span>{trans.__('Your administrator keeps this connection.')}</span>
    </p>
  );
}
