import React, { useEffect, useRef } from 'react';
import { authority } from '../connections';
import { Action } from './buttons';
import { useController } from './context';

/**
 * A remark that something is not as safe as it could be.
 */
export function Warning(props: { children: React.ReactNode }): JSX.Element {
  return (
    <div className="kfp-Warning" role="note">
      {props.children}
    </div>
  );
}

/**
 * What the question before a readable password needs.
 */
interface IClearTextProps {
  /** Where it would be sent. */
  host: string;
  /** Whether the user has to decide now. */
  asking?: boolean;
  /** Called when the user sends it anyway. */
  onYes?: () => void;
  /** Called when the user does not. */
  onNo?: () => void;
}

/**
 * Warns that a password sent over plain http can be read on the way, and asks
 * before it is sent.
 */
export function ClearTextWarning(props: IClearTextProps): JSX.Element {
  const { trans } = useController();
  const no = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (props.asking) {
      no.current?.querySelector('button')?.focus();
    }
  }, [props.asking]);
  return (
    <Warning>
      <p>
        {trans.__(
          'Plain http: a password sent to %1 can be read on the way. Use https if the host offers it.',
          authority(props.host)
        )}
      </p>
      {props.asking && (
        <div className="kfp-Row" ref={no}>
          <Action onClick={props.onNo}>{trans.__('Do not send')}</Action>
          <Action onClick={props.onYes}>{trans.__('Send it anyway')}</Action>
        </div>
      )}
    </Warning>
  );
}
