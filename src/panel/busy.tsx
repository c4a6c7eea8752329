import React, { useEffect, useState } from 'react';
import type { IConnection } from '../_contract';
import { authority } from '../connections';
import { Action } from './buttons';
import { useController } from './context';

/**
 * Says how long a connection has been waited for, and lets it be stopped.
 */
export function Busy(props: { connection: IConnection }): JSX.Element {
  const controller = useController();
  const { trans, model } = controller;
  const { name, host } = props.connection;
  const since = model.busySince(name)?.getTime() ?? Date.now();
  const [now, setNow] = useState(since);
  useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [since]);
  const seconds = Math.max(0, Math.floor((now - since) / 1000));
  return (
    <div className="kfp-Busy">
      <small>
        {seconds < 1
          ? trans.__('Waiting for %1…', authority(host))
          : trans.__('Waiting for %1, %2 s', authority(host), seconds)}
      </small>
      <Action onClick={() => void controller.run(model => model.cancel(name))}>
        {trans.__('Cancel')}
      </Action>
    </div>
  );
}
