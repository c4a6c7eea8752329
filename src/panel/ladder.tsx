import React, { useRef } from 'react';
import type { IConnection, IRung } from '../_contract';
import { rung as fourthRung } from '../arming';
import { holds, isConnected, placeOf } from '../connections';
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
  const controller = useController();
  const { trans, model } = controller;
  const ladder = useRef<HTMLOListElement>(null);
  const settled = useRef(props.connection);
  const isOurs = controller.isOurs(props.connection);
  const isAtWork = controller.isBusy(props.connection);
  // Whom the ladder asks for something may be typing: what others look at is
  // shown once they have found it.
  const isKept =
    isAtWork &&
    !isOurs &&
    asksIn(ladder.current) &&
    isSamePlace(props.connection, settled.current);
  if (!isAtWork) {
    settled.current = props.connection;
  }
  const connection = isKept ? settled.current : props.connection;
  const isBusy = isAtWork && !isKept;
  const [reachable, signedIn, authorized] = isBusy
    ? working(connection.rungs)
    : connection.rungs;
  const busy = <Busy connection={connection} />;
  const inNotebook = model.notebooks.current?.rung ?? fourthRung('unknown');
  // A form that is sent goes away; where another comes, its field has the focus.
  useFocusOn(() => {
    const { activeElement } = document;
    const isLost =
      activeElement === document.body || activeElement?.closest('[hidden]');
    const isAside = isOurs && !ladder.current?.contains(activeElement);
    return isLost || isAside ? ladder.current : null;
  }, `${isBusy} ${isOurs}`);
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
 * Whether a form can be seen in the ladder.
 */
function asksIn(ladder: HTMLElement | null): boolean {
  return [...(ladder?.querySelectorAll('form') ?? [])].some(
    form => !form.closest('[hidden]')
  );
}

/**
 * Whether what is asked for one is asked for the other too.
 */
function isSamePlace(one: IConnection, other: IConnection): boolean {
  return placeOf(one) === placeOf(other) && one.namespace === other.namespace;
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
