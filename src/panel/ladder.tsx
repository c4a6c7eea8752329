import React, { useRef } from 'react';
import type { IConnection, IRung } from '../_contract';
import { rung as fourthRung } from '../arming';
import { holds, isConnected } from '../connections';
import { Announcer } from './announcer';
import { Busy } from './busy';
import { Action } from './buttons';
import { useController, useFocusOn } from './context';
import { InNotebook } from './innotebook';
import { Authorized, Reachable, SignedIn } from './rungs';

/**
 * The ladder: four rungs, each with its state, its reason and its remedy.
 */
export function Ladder(props: { connection: IConnection }): JSX.Element {
  const { connection } = props;
  const controller = useController();
  const { trans, model } = controller;
  const isBusy = controller.isBusy(connection);
  const [reachable, signedIn, authorized] = isBusy
    ? working(connection.rungs)
    : connection.rungs;
  const busy = <Busy connection={connection} />;
  const inNotebook = model.notebooks.current?.rung ?? fourthRung('unknown');
  const ladder = useRef<HTMLOListElement>(null);
  // A form that is sent goes away; where another comes, its field has the focus.
  useFocusOn(
    () =>
      ladder.current?.contains(document.activeElement) ? null : ladder.current,
    isBusy
  );
  const signIn = controller.signInOf(connection);
  const isIdle =
    !isBusy &&
    !signIn &&
    !isConnected(connection) &&
    connection.rungs.every(rung => rung.state !== 'failed');
  return (
    <>
      <ol
        ref={ladder}
        className="kfp-Ladder"
        aria-label={trans.__('State of the connection')}
        tabIndex={-1}
      >
        <Reachable connection={connection} rung={reachable} busy={busy} />
        <SignedIn connection={connection} rung={signedIn} busy={busy} />
        <Authorized connection={connection} rung={authorized} busy={busy} />
        <InNotebook connection={connection} />
      </ol>
      {isIdle && (
        <div className="kfp-Row kfp-Start">
          <Action
            primary
            onClick={() => void controller.connect(connection.name)}
          >
            {trans.__('Connect')}
          </Action>
        </div>
      )}
      <Announcer rungs={[reachable, signedIn, authorized, inNotebook]} />
    </>
  );
}

/**
 * The rungs of a connection that is being worked on: the first that does not
 * hold is the one that is checked, whatever it said before.
 */
function working(rungs: IConnection['rungs']): IRung[] {
  const index = rungs.findIndex(rung => !holds(rung));
  const checked = index < 0 ? rungs.length - 1 : index;
  return rungs.map((rung, place) =>
    place < checked
      ? rung
      : {
          ...rung,
          state: place === checked ? 'checking' : 'unknown',
          code: null,
          detail: null,
          ms: null
        }
  );
}
