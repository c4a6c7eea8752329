import React, { useEffect } from 'react';
import type { IAttempt, IConnection, IDetected } from '../_contract';
import { holds, shortHost } from '../connections';
import { AddressForm } from './addressform';
import { Breakable } from './breakable';
import { Action, LinkButton } from './buttons';
import { useController } from './context';
import { Copying, ToCopy } from './copying';

/**
 * The first screen and that of a new connection: what was found by looking
 * around, another address, the sandbox.
 */
export function FirstLook(props: { isFirst: boolean }): JSX.Element {
  const { isFirst } = props;
  const controller = useController();
  const { trans, detected, isDetecting, model } = controller;
  useEffect(() => {
    void controller.detect();
  }, [controller]);
  const isLocked = model.policy?.locked ?? false;
  const isSandboxStarting = model.busySince('sandbox') !== null;
  const hasSandbox = model.connections.some(each => each.source === 'sandbox');
  return (
    <section className="kfp-FirstLook" aria-busy={isDetecting}>
      <h3>
        {isFirst
          ? trans.__('Where is your Kubeflow?')
          : trans.__('New connection')}
      </h3>
      <p className="kfp-Hint" role="status">
        {isDetecting
          ? trans.__('Looking around…')
          : detected && lookedText(detected, trans)}
      </p>
      {detected?.found.map(found => (
        <Found key={found.id} connection={found} />
      ))}
      {detected && !isDetecting && <Attempts detected={detected} />}
      {isLocked ? (
        <p>{trans.__('Your administrator keeps the list of connections.')}</p>
      ) : (
        <AddressForm
          open={!isFirst}
          label={
            detected?.found.length
              ? trans.__('Another address')
              : trans.__('Address')
          }
        >
          {!isFirst && (
            <Action onClick={() => controller.show('main')}>
              {trans.__('Cancel')}
            </Action>
          )}
          {!hasSandbox && (
            <Action
              disabled={isSandboxStarting}
              onClick={() => {
                controller.show('main');
                void controller.run(model => model.startSandbox());
              }}
            >
              {isSandboxStarting
                ? trans.__('Starting the sandbox…')
                : trans.__('Try the sandbox')}
            </Action>
          )}
        </AddressForm>
      )}
    </section>
  );
}

/**
 * One address that answered, a click away from being connected.
 */
function Found(props: { connection: IConnection }): JSX.Element {
  const { connection } = props;
  const controller = useController();
  const { trans } = controller;
  const [reachable, signedIn] = connection.rungs;
  const seen = controller.detected?.attempts.find(
    attempt => attempt.host === connection.host
  );
  const tone = holds(signedIn) ? 'ok' : 'busy';
  return (
    <div className="kfp-Item kfp-Found">
      <span className={`kfp-Dot kfp-mod-${tone}`} aria-hidden="true" />
      <div className="kfp-Item-name">
        <b>{shortHost(connection.host)}</b>
        <small>{reachable.detail ?? seen?.reason}</small>
      </div>
      <Action
        primary
        aria-label={trans.__('Connect to %1', shortHost(connection.host))}
        onClick={() => void controller.connect(connection.name)}
      >
        {trans.__('Connect')}
      </Action>
    </div>
  );
}

/**
 * Everything that was tried, for those who expected to find more.
 */
function Attempts(props: { detected: IDetected }): JSX.Element {
  const controller = useController();
  const { trans } = controller;
  const { found, attempts } = props.detected;
  return (
    <details className="kfp-Attempts">
      <summary>
        {found.length === 0 && attempts.some(each => each.remedy?.copy)
          ? trans.__('What was tried, and what to do')
          : trans.__('What was tried')}
      </summary>
      <ul>
        {attempts.map((attempt, index) => (
          <Tried key={index} attempt={attempt} />
        ))}
      </ul>
      <LinkButton onClick={() => void controller.detect(true)}>
        {trans.__('Look again')}
      </LinkButton>
    </details>
  );
}

/**
 * One way or address that was tried, with what would have it answer.
 */
function Tried(props: { attempt: IAttempt }): JSX.Element {
  const { way, host, reason, ms, remedy } = props.attempt;
  const { trans, detected } = useController();
  const line = remedy?.copy;
  // One line may serve several addresses.
  const first = detected?.attempts.find(each => each.remedy?.copy === line);
  return (
    <li>
      <b>{host ? shortHost(host) : way}</b>
      <small>
        <Breakable text={trans.__('%1 (%2 ms)', reason, ms)} />
      </small>
      {line && first === props.attempt && (
        <>
          <small>{remedy.text}</small>
          <ToCopy text={line} />
          <Copying text={line} />
        </>
      )}
    </li>
  );
}

/**
 * What looking around has shown, in a sentence.
 */
function lookedText(
  { found, attempts }: IDetected,
  trans: ReturnType<typeof useController>['trans']
): string {
  // They were tried at once: the longest one tells how long it took.
  const longest = Math.max(0, ...attempts.map(attempt => attempt.ms));
  const seconds = (longest / 1000).toFixed(1);
  // What the environment names is offered in any case.
  const answering = found.filter(({ host }) =>
    attempts.some(each => each.host === host && each.code === 'ok')
  ).length;
  const answers =
    answering === 0
      ? trans.__('nothing answers at the usual addresses.')
      : trans._n('one address answers.', '%1 addresses answer.', answering);
  const seen = attempts.some(attempt => attempt.code === 'token-missing')
    ? trans.__('no token is mounted here; %1', answers)
    : answers;
  return seconds === '0.0'
    ? trans.__('Looked around: %1', seen)
    : trans.__('Looked around in %1 s: %2', seconds, seen);
}
