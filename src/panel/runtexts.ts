import type { TranslationBundle } from '@jupyterlab/translation';
import type { IOverview } from '../_contract';
import type { Tone } from '../texts';

/**
 * One run, as KFP tells of it.
 */
export type Run = IOverview['runs'][number];

const DAY = 86_400_000;

/**
 * How a run is coloured; its note says it too.
 */
export function runTone(run: Run): Tone {
  switch (run.state) {
    case 'SUCCEEDED':
      return 'ok';
    case 'FAILED':
      return 'bad';
    case 'PENDING':
    case 'RUNNING':
    case 'CANCELING':
      return 'busy';
    default:
      return 'idle';
  }
}

/**
 * What a run does, in a few words: `running 3 min`, `02:00`, `failed`.
 *
 * @param run - the run
 * @param now - the present, in milliseconds
 * @param trans - for the words
 */
export function runNote(
  run: Run,
  now: number,
  trans: TranslationBundle
): string {
  switch (run.state) {
    case 'RUNNING':
      return run.created_at
        ? trans.__('running %1', span(now - Date.parse(run.created_at), trans))
        : trans.__('running');
    case 'PENDING':
      return trans.__('pending');
    case 'SUCCEEDED':
      return when(run.finished_at ?? run.created_at, now, trans);
    case 'FAILED':
      return trans.__('failed');
    case 'CANCELING':
    case 'CANCELED':
      return trans.__('canceled');
    case 'SKIPPED':
      return trans.__('skipped');
    case 'PAUSED':
      return trans.__('paused');
    default:
      return trans.__('unknown');
  }
}

/**
 * All that is known of a run, for a tooltip and a screen reader.
 */
export function runDescription(run: Run, trans: TranslationBundle): string {
  const { name, state, created_at: created } = run;
  return created
    ? trans.__(
        '%1: %2, created %3',
        name,
        state.toLowerCase(),
        new Date(created).toLocaleString()
      )
    : trans.__('%1: %2', name, state.toLowerCase());
}

function span(milliseconds: number, trans: TranslationBundle): string {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000));
  if (minutes < 60) {
    return trans.__('%1 min', minutes);
  }
  const hours = Math.floor(minutes / 60);
  return hours < 48
    ? trans.__('%1 h', hours)
    : trans.__('%1 days', Math.floor(hours / 24));
}

function when(
  time: string | null,
  now: number,
  trans: TranslationBundle
): string {
  if (time === null) {
    return trans.__('succeeded');
  }
  const then = new Date(time);
  if (then.toDateString() === new Date(now).toDateString()) {
    const clock = then.toLocaleTimeString([], {
      hour: '2-digit',
      minute: '2-digit'
    });
    return trans.__('today %1', clock);
  }
  return now - then.getTime() < 300 * DAY
    ? then.toLocaleDateString([], { month: 'short', day: 'numeric' })
    : then.toLocaleDateString();
}
