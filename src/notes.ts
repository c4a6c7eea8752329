import type { TranslationBundle } from '@jupyterlab/translation';
import type { IConnection, IRung } from './_contract';
import { PYTHON } from './arming';
import type { IKfpNotebooks } from './tokens';

/**
 * A fourth rung in a word or two, empty when there is nothing to say.
 */
export function rungNote(rung: IRung, trans: TranslationBundle): string {
  switch (rung.state) {
    case 'ok':
      return rung.detail === 'live' ? trans.__('live') : trans.__('armed');
    case 'checking':
      return trans.__('on its way…');
    case 'failed':
      return failureNote(rung.code, trans);
    default:
      return '';
  }
}

function failureNote(code: string | null, trans: TranslationBundle): string {
  switch (code) {
    case 'disconnected':
    case 'session-over':
      return trans.__('ended');
    case 'package-missing':
      return trans.__('package missing');
    case 'package-too-old':
    case 'sdk-too-old':
      return trans.__('too old');
    case 'sdk-missing':
      return trans.__('kfp missing');
    case 'name-taken':
      return trans.__('name taken');
    case 'kernel-unsupported':
      return trans.__('not Python');
    case 'kernel-remote':
      return trans.__('on another machine');
    case 'sign-in-needed':
      return trans.__('signed out');
    default:
      return trans.__('failed');
  }
}

/**
 * Whether a notebook's kernel speaks another language than the client does.
 */
export function isForeign(item: IKfpNotebooks.IItem): boolean {
  return item.language !== null && item.language !== PYTHON;
}

/**
 * Where a connection comes from.
 */
export function sourceNote(
  source: IConnection['source'],
  trans: TranslationBundle
): string {
  switch (source) {
    case 'user':
      return trans.__('Your own');
    case 'admin':
      return trans.__('From your administrator');
    case 'detected':
      return trans.__('Found by looking around');
    case 'sandbox':
      return trans.__('Sandbox');
  }
}
