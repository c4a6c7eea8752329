import React, { useRef, useState } from 'react';
import type { IConnection, IRung } from '../_contract';
import {
  PASTED,
  authority,
  holds,
  isFree,
  isOwn,
  pathFrom,
  placeOf,
  withHost
} from '../connections';
import { isYourTurn } from '../texts';
import { Action, LinkButton } from './buttons';
import { useController } from './context';
import { NamespaceChoice, NamespaceForm } from './namespace';
import { Remedy } from './remedy';
import { KeyringNote } from './remember';
import { Rung } from './rung';
import { SignIn } from './signin';
import { TrustForm } from './trust';

/**
 * Leads to the form with the address.
 */
function ChangeAddress(): JSX.Element {
  const controller = useController();
  return (
    <Action onClick={() => controller.show('edit')}>
      {controller.trans.__('Change the address')}
    </Action>
  );
}

/**
 * What each of a connection's rungs needs.
 */
interface IRungProps {
  /** The connection. */
  connection: IConnection;
  /** The rung, as it is shown. */
  rung: IRung;
  /** Shown while the rung is checked. */
  busy: React.ReactNode;
}

/**
 * The codes of the first rung that another address or another certificate
 * authority mends: on a locked connection its administrator sets those.
 */
const ADDRESS_CODES = ['bad-host', 'wrong-path', 'not-kfp', 'tls-untrusted'];

/**
 * The first rung: does a KFP API, or the front door of one, answer there?
 */
export function Reachable({ connection, rung, busy }: IRungProps): JSX.Element {
  const controller = useController();
  const { trans } = controller;
  const { name, locked } = connection;
  const needsTrust = rung.code === 'tls-untrusted' && !locked;
  const better =
    rung.code === 'wrong-path' && !locked ? rung.remedy?.copy : null;
  const mayEdit = isOwn(connection) && !better;
  const isFixed = locked && ADDRESS_CODES.includes(rung.code ?? '');
  return (
    <Rung rung={rung} step={1} detail={rung.detail}>
      {rung.state === 'checking' && busy}
      {rung.state === 'failed' && (
        <Remedy
          rung={{
            ...rung,
            actor: isFixed ? 'administrator' : rung.actor,
            // The button says and does it.
            remedy: better ? null : rung.remedy
          }}
          actions={mayEdit && <ChangeAddress />}
          onRetry={needsTrust ? null : () => void controller.connect(name)}
        >
          {better && (
            <div className="kfp-Row">
              <Action
                primary
                title={better}
                onClick={() =>
                  void controller.change(name, withHost(connection, better))
                }
              >
                {trans.__('Use %1', pathFrom(connection.host, better))}
              </Action>
            </div>
          )}
          {needsTrust && <TrustForm connection={connection} />}
        </Remedy>
      )}
    </Rung>
  );
}

/**
 * The second rung: who does KFP think we are?
 */
export function SignedIn({ connection, rung, busy }: IRungProps): JSX.Element {
  const controller = useController();
  const { trans } = controller;
  const { name } = connection;
  const signIn = controller.signInOf(connection);
  const failed = rung.state === 'failed';
  const isRemembered = connection.remembered !== 'no';
  const again = () => void controller.connect(name);
  const [isOtherWay, setOtherWay] = useState(false);
  // Whom a mounted token, or the gateway, should have signed in may have another credential.
  const mayPaste =
    failed &&
    !signIn &&
    connection.auth === 'auto' &&
    /^(token-|gateway-bypassed$)/.test(rung.code ?? '');
  const wanted = signIn ?? (mayPaste && isOtherWay ? PASTED : null);
  const asked = failed ? wanted : null;
  // Until somebody is signed in, a form that is not asked for just now is only
  // out of sight: what was typed is still there when it is asked for again.
  const form = useRef(asked);
  const isOver =
    holds(rung) || (form.current === PASTED && connection.auth !== 'auto');
  const { takeSecret } = controller.draft(connection.id);
  if (asked || isOver) {
    form.current = asked;
  } else if (takeSecret) {
    // Out of sight, for a password that was typed with the address.
    form.current ??= { kind: 'password', others: [] };
  }
  if (isOver) {
    takeSecret?.('');
  }
  const maySend = rung.code === 'token-not-for-this-host' && isOwn(connection);
  // A host to allow comes as a button, not as a text to copy.
  const remedy =
    signIn?.kind === 'login-host' && rung.remedy
      ? { ...rung.remedy, copy: null }
      : rung.remedy;
  const detail = isYourTurn(rung)
    ? trans.__('as on the Kubeflow dashboard')
    : rung.state === 'ok' && connection.renews && rung.detail
      ? trans.__('%1, renews itself', rung.detail)
      : rung.detail;
  return (
    <Rung rung={rung} step={2} detail={detail}>
      {rung.state === 'checking' && busy}
      {failed && !isYourTurn(rung) && (
        <Remedy
          rung={{ ...rung, remedy }}
          actions={
            maySend && (
              <Action
                onClick={() =>
                  void controller.change(name, {
                    auth: 'service-account-token'
                  })
                }
              >
                {trans.__('Send it to %1', authority(connection.host))}
              </Action>
            )
          }
          onRetry={(signIn && !isRemembered) || maySend ? null : again}
        />
      )}
      {rung.state === 'ok' && <KeyringNote connection={connection} />}
      {form.current && (
        <SignIn
          // What was typed for one host is not sent to another.
          key={form.current.kind + placeOf(connection)}
          connection={connection}
          signIn={form.current}
          isAway={!asked}
        />
      )}
      {failed && (
        <OtherWay
          connection={connection}
          onPaste={mayPaste && !isOtherWay ? () => setOtherWay(true) : null}
        />
      )}
      {failed && !signIn && isYourTurn(rung) && (
        <div className="kfp-Row">
          <Action primary onClick={again}>
            {trans.__('Sign in')}
          </Action>
        </div>
      )}
    </Rung>
  );
}

/**
 * Leads to a form for what can be pasted, or to that where another way in is
 * chosen: whoever named one gets no other.
 */
function OtherWay(props: {
  connection: IConnection;
  /** Shows the form, `null` where there is none to show. */
  onPaste?: (() => void) | null;
}): JSX.Element | null {
  const { connection, onPaste } = props;
  const controller = useController();
  const mayChoose = connection.auth !== 'auto' && isOwn(connection);
  const go = onPaste ?? (mayChoose ? () => controller.show('edit') : null);
  return (
    go && (
      <div className="kfp-Links">
        <LinkButton
          onClick={() => {
            controller.act();
            go();
          }}
        >
          {controller.trans.__('Sign in another way')}
        </LinkButton>
      </div>
    )
  );
}

/**
 * The codes of the third rung that another namespace may mend.
 */
const NAMESPACE_CODES = ['namespace-needed', 'namespace-missing', 'forbidden'];

/**
 * The third rung: may we use this namespace?
 */
export function Authorized(props: IRungProps): JSX.Element {
  const { connection, rung, busy } = props;
  const controller = useController();
  const mayChoose = isFree(connection, 'namespace');
  const isNamespace = mayChoose && NAMESPACE_CODES.includes(rung.code ?? '');
  const isMissing = isNamespace && rung.code === 'namespace-needed';
  // Where somebody else has to act, the user can only look again then.
  const isOthers = rung.actor !== 'you';
  // Whom the mesh turns away may have a credential that it lets pass.
  const isUnsigned = rung.code === 'forbidden-by-mesh' && !isOthers;
  let detail: React.ReactNode = rung.detail;
  if (rung.state === 'ok' && connection.multi_user && mayChoose) {
    detail = <NamespaceChoice connection={connection} />;
  } else if (isMissing && connection.namespaces.length > 0) {
    // The list says which there are.
    detail = controller.trans.__('no namespace is chosen');
  }
  return (
    <Rung rung={rung} step={3} detail={detail}>
      {rung.state === 'checking' && busy}
      {rung.state === 'failed' && (
        <Remedy
          rung={rung}
          actions={isUnsigned && isOwn(connection) && <ChangeAddress />}
          onRetry={
            isMissing && !isOthers
              ? null
              : () => void controller.connect(connection.name)
          }
        >
          {isNamespace && (
            <NamespaceForm connection={connection} isAside={isOthers} />
          )}
        </Remedy>
      )}
      {isUnsigned &&
        (connection.auth === 'auto' ? (
          <SignIn
            key={placeOf(connection)}
            connection={connection}
            signIn={PASTED}
            isAway={false}
          />
        ) : (
          <OtherWay connection={connection} />
        ))}
    </Rung>
  );
}
