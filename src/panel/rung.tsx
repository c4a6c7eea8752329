import React from 'react';
import type { IRung } from '../_contract';
import { isYourTurn, rungTitle, stateWord } from '../texts';
import { Breakable } from './breakable';
import { useController } from './context';

/**
 * What a rung of the ladder needs.
 */
interface IRungProps {
  /** The rung. */
  rung: IRung;
  /** Its place in the ladder, from 1. */
  step: number;
  /** What is said below its title. */
  detail: React.ReactNode;
  /** What it opens on. */
  children?: React.ReactNode;
}

/**
 * One rung: a mark, a title that tells the state, and a detail. The state is
 * there in words too, for those who do not see the mark.
 */
export function Rung(props: IRungProps): JSX.Element {
  const { rung, step, detail, children } = props;
  const { trans } = useController();
  const yourTurn = isYourTurn(rung);
  const look = yourTurn ? 'turn' : rung.state;
  const marks: { [look: string]: string } = {
    ok: '✓',
    'not-needed': '✓',
    failed: '!',
    checking: ''
  };
  return (
    <li className={`kfp-Rung kfp-mod-${look}`} data-rung={rung.rung}>
      <span className="kfp-Rung-mark" aria-hidden="true">
        {marks[look] ?? step}
      </span>
      <div>
        <b>{rungTitle(rung, trans)}</b>{' '}
        <span className="kfp-Hidden">
          {yourTurn ? trans.__('needs you') : stateWord(rung.state, trans)}
        </span>
      </div>
      <span className="kfp-Rung-time">
        {rung.ms !== null && trans.__('%1 ms', rung.ms)}
      </span>
      {detail && (
        <div className="kfp-Rung-detail">
          {typeof detail === 'string' ? <Breakable text={detail} /> : detail}
        </div>
      )}
      {children && <div className="kfp-Rung-body">{children}</div>}
    </li>
  );
}
