import type { TranslationBundle } from '@jupyterlab/translation';
import type { IConnection, IRung, RungName, RungState } from './_contract';
import { holds, isUsable, namespaceOf, shortHost } from './connections';
import { rungNote } from './notes';
import type { IKfpConnection, IKfpNotebooks } from './tokens';

/**
 * How a short text is coloured; the words say it too.
 */
export type Tone = 'ok' | 'busy' | 'bad' | 'idle';

/**
 * A short text with its colour.
 */
export interface ILabel {
  text: string;
  tone: Tone;
  /** What a screen reader says, and a tooltip. */
  description: string;
}

/**
 * The word for a rung's state, for those who do not see its colour.
 */
export function stateWord(state: RungState, trans: TranslationBundle): string {
  switch (state) {
    case 'ok':
      return trans.__('done');
    case 'failed':
      return trans.__('failed');
    case 'checking':
      return trans.__('checking');
    case 'not-needed':
      return trans.__('not needed');
    case 'unknown':
      return trans.__('not yet');
  }
}

/**
 * Whether a rung only waits for a first sign-in, which is no failure. Where a
 * session or a sign-in before has ended badly, its detail says more than this.
 */
export function isYourTurn(rung: IRung): boolean {
  return (
    rung.code === 'sign-in-needed' && rung.detail === 'nobody is signed in'
  );
}

/**
 * A rung's title, which tells its state.
 */
export function rungTitle(rung: IRung, trans: TranslationBundle): string {
  const failed = rung.state === 'failed';
  const checking = rung.state === 'checking';
  switch (rung.rung) {
    case 'reachable':
      if (checking) {
        return trans.__('Looking for it');
      }
      return failed ? trans.__('Not reachable') : trans.__('Reachable');
    case 'signed-in':
      if (isYourTurn(rung)) {
        return trans.__('Sign in');
      }
      if (checking) {
        return trans.__('Signing in');
      }
      return failed ? trans.__('Not signed in') : trans.__('Signed in');
    case 'authorized':
      return failed ? trans.__('Not authorized') : trans.__('Authorized');
    case 'in-notebook':
      return failed
        ? trans.__('Not in the notebook')
        : trans.__('In the notebook');
  }
}

/**
 * Who can mend a broken rung, as a sentence; `null` where the remedy says it.
 */
export function whoActs(rung: IRung, trans: TranslationBundle): string | null {
  const text = rung.remedy?.text ?? '';
  // Where others have a step before yours, it says whose is which.
  if (/^An (administrator|owner) |You, /.test(text)) {
    return null;
  }
  switch (rung.actor) {
    case 'administrator':
      return trans.__('An administrator has to mend this.');
    case 'namespace owner':
      // A call may name another namespace than the connection's: the detail says which.
      return trans.__('An owner of the namespace has to mend this.');
    case 'you':
      return trans.__('You can mend this.');
    default:
      return null;
  }
}

/**
 * What a connection's state is called in the status bar.
 */
export function statusLabel(
  model: IKfpConnection,
  trans: TranslationBundle
): ILabel {
  const label = (text: string, tone: Tone): ILabel => ({
    text: trans.__('KFP: %1', text),
    tone,
    description: trans.__('Kubeflow Pipelines: %1', text)
  });
  const connection = model.current;
  if (model.problem) {
    return label(trans.__('no answer'), 'bad');
  }
  if (!connection) {
    return label(trans.__('connect'), 'idle');
  }
  if (connection.busy || model.busySince(connection.name)) {
    return label(
      holds(connection.rungs[0])
        ? trans.__('signing in…')
        : trans.__('connecting…'),
      'busy'
    );
  }
  const broken = connection.rungs.find(rung => rung.state === 'failed');
  if (broken) {
    return isYourTurn(broken)
      ? label(trans.__('sign in'), 'busy')
      : label(brokenWords(broken.rung, trans), 'bad');
  }
  if (isUsable(connection) && holds(connection.rungs[1])) {
    const ready = label(whereabouts(connection), 'ok');
    return { ...ready, description: fullWhereabouts(connection, trans) };
  }
  return label(trans.__('connect'), 'idle');
}

/**
 * A connection and its namespace, in a few words.
 */
export function whereabouts(connection: IConnection): string {
  const name = connection.title || connection.name;
  const namespace = namespaceOf(connection);
  return namespace ? `${name} · ${namespace}` : name;
}

/**
 * As whom, where and in which namespace a connection works, in words.
 */
function fullWhereabouts(
  connection: IConnection,
  trans: TranslationBundle
): string {
  const { signed_in_as: user, host } = connection;
  return [
    trans.__('Kubeflow Pipelines: %1', whereabouts(connection)),
    user && trans.__('as %1', user),
    trans.__('at %1', shortHost(host))
  ]
    .filter(Boolean)
    .join(', ');
}

/**
 * What a notebook's toolbar says.
 */
export function notebookLabel(
  item: IKfpNotebooks.IItem | null,
  trans: TranslationBundle
): ILabel {
  const rung = item?.rung;
  const variable = item?.variable ?? '';
  switch (rung?.state) {
    case 'ok':
      return {
        text: variable,
        tone: 'ok',
        description: trans.__(
          'Kubeflow Pipelines: %1 is ready in this notebook',
          variable
        )
      };
    case 'checking':
      return {
        text: trans.__('on its way…'),
        tone: 'busy',
        description: trans.__(
          'Kubeflow Pipelines: %1 is on its way to this notebook',
          variable
        )
      };
    case 'failed':
      return {
        text: trans.__('KFP: %1', rungNote(rung, trans)),
        tone: 'bad',
        description: trans.__(
          'Kubeflow Pipelines: no %1 in this notebook, %2',
          variable,
          rung.detail ?? ''
        )
      };
    default:
      return {
        text: trans.__('KFP'),
        tone: 'idle',
        description: trans.__('Kubeflow Pipelines: not in this notebook')
      };
  }
}

function brokenWords(rung: RungName, trans: TranslationBundle): string {
  switch (rung) {
    case 'reachable':
      return trans.__('not reachable');
    case 'signed-in':
      return trans.__('not signed in');
    default:
      return trans.__('not authorized');
  }
}
