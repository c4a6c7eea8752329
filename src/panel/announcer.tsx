import React, { useEffect, useRef, useState } from 'react';
import type { IRung } from '../_contract';
import { isYourTurn, rungTitle, stateWord } from '../texts';
import { useController } from './context';

/**
 * Tells a screen reader which rungs have changed, and nothing else.
 */
export function Announcer(props: { rungs: IRung[] }): JSX.Element {
  const { trans } = useController();
  const before = useRef<string[] | null>(null);
  const [said, say] = useState('');
  const now = props.rungs.map(rung => {
    const title = rungTitle(rung, trans);
    const state = isYourTurn(rung)
      ? trans.__('needs you')
      : stateWord(rung.state, trans);
    return rung.state === 'failed' && rung.detail
      ? trans.__('%1: %2, %3', title, state, rung.detail)
      : trans.__('%1: %2', title, state);
  });
  const key = now.join('\n');
  useEffect(() => {
    const last = before.current;
    before.current = now;
    if (last) {
      const changed = now.filter(
        (text, index) =>
          text !== last[index] && props.rungs[index].state !== 'unknown'
      );
      say(changed.join('. '));
    }
    // What is said depends on the words alone.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key]);
  return (
    <div className="kfp-Hidden" role="status" aria-live="polite">
      {said}
    </div>
  );
}
