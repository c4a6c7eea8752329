import type { Kernel } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IKernelReport, IRemedy, IRung } from './_contract';
import { literal, unrepr } from './python';

/**
 * The distribution that a kernel's environment needs.
 */
const PACKAGE = 'jupyter-kfp-connect';

/**
 * The language of the kernels that can have a client.
 */
export const PYTHON = 'python';

/**
 * What the kernel's own half of the arming answers.
 */
interface IAnswer {
  state: 'armed' | 'live' | 'failed';
  code: string | null;
  detail: string | null;
  remedy: IRemedy | null;
}

/**
 * One value of a reply's `user_expressions`.
 */
interface IExpression {
  status?: string;
  data?: { 'text/plain'?: string };
  ename?: string;
  evalue?: string;
}

/**
 * What to put in a kernel.
 */
export interface IArmOptions {
  /** The connection's name, `null` for the default one. */
  connection: string | null;
  /** The client's name. */
  variable: string;
  /** The namespace to work in, `null` for the connection's own. */
  namespace: string | null;
}

/**
 * What came of arming a kernel.
 */
export interface IArmed {
  /** The ladder's fourth rung. */
  readonly rung: IRung;
  /** What the kernel cannot tell the server by itself, `null` where it can. */
  readonly report: IKernelReport | null;
}

/**
 * The codes of what a kernel cannot tell the server.
 */
const UNTOLD: ReadonlyArray<string> = [
  'package-missing',
  'package-too-old',
  'kernel-unsupported',
  'kernel-remote'
];

/**
 * Arm a kernel: its next cell that names the variable finds a live client.
 *
 * The request is silent and its code empty, so that neither history nor other
 * windows see it; what is done is an expression whose value comes back. On a
 * kernel that runs a cell it waits for that cell.
 *
 * @param kernel - the kernel's connection
 * @param options - what to put there
 * @param trans - for the messages
 * @returns what came of it
 */
export async function arm(
  kernel: Kernel.IKernelConnection,
  options: IArmOptions,
  trans: TranslationBundle
): Promise<IArmed> {
  const started = Date.now();
  const language = (await kernel.info).language_info.name;
  if (language !== PYTHON) {
    const unsupported = rung('failed', {
      code: 'kernel-unsupported',
      detail: trans.__('this kernel runs %1, not Python', language),
      remedy: remedy(
        trans.__('Choose a Python kernel for this notebook, then try again.')
      )
    });
    return reported(unsupported, options, {});
  }
  const { connection, variable, namespace } = options;
  const args = [connection, variable, namespace].map(literal).join(', ');
  const future = kernel.requestExecute(
    {
      code: '',
      silent: true,
      store_history: false,
      user_expressions: {
        armed: `__import__('jupyter_kfp_connect.kernel.arming', fromlist=['arm']).arm(${args})`,
        python: "__import__('sys').executable",
        version: "__import__('platform').python_version()",
        package: `__import__('importlib.metadata', fromlist=['version']).version('${PACKAGE}')`
      }
    },
    true
  );
  const reply = await future.done;
  const expressions =
    reply.content.status === 'ok'
      ? (reply.content.user_expressions as { [key: string]: IExpression })
      : {};
  const came = { ...read(expressions, trans), ms: Date.now() - started };
  return reported(came, options, expressions);
}

/**
 * What came of arming, with what a window has to tell the server of it.
 */
function reported(
  rung: IRung,
  options: IArmOptions,
  expressions: { [key: string]: IExpression }
): IArmed {
  const { code } = rung;
  if (rung.state !== 'failed' || !code || !UNTOLD.includes(code)) {
    return { rung, report: null };
  }
  const { variable, connection } = options;
  const which = code === 'package-too-old' ? 'package' : 'version';
  const said = (key: string) =>
    unrepr(expressions[key]?.data?.['text/plain'] ?? '');
  return {
    rung,
    report: {
      variable,
      connection,
      code: code as IKernelReport['code'],
      python: said('python'),
      version: said(which)
    }
  };
}

/**
 * A fourth rung with what is not said left out.
 */
export function rung(
  state: IRung['state'],
  rest: Partial<Omit<IRung, 'rung' | 'state'>> = {}
): IRung {
  return {
    rung: 'in-notebook',
    state,
    code: state === 'ok' ? 'ok' : null,
    detail: null,
    remedy: null,
    actor: state === 'failed' ? 'you' : null,
    ms: null,
    checked_at: new Date().toISOString(),
    ...rest
  };
}

/**
 * What the values of the expressions mean.
 */
function read(
  expressions: { [key: string]: IExpression },
  trans: TranslationBundle
): IRung {
  const armed = expressions.armed ?? {};
  if (armed.status === 'ok') {
    const answer = parse(armed.data?.['text/plain']);
    if (answer?.state === 'failed') {
      const { code, detail, remedy } = answer;
      return rung('failed', { code, detail, remedy });
    }
    if (answer?.code === 'kernel-remote') {
      const { code, detail } = answer;
      return rung('ok', { code, detail });
    }
    if (answer) {
      return rung('ok', { detail: answer.state });
    }
  }
  const missing = /No module named '([\w.]+)'/.exec(armed.evalue ?? '')?.[1];
  const python = unrepr(expressions.python?.data?.['text/plain'] ?? '');
  const version = unrepr(expressions.version?.data?.['text/plain'] ?? '') ?? '';
  if (missing === 'jupyter_kfp_connect') {
    return rung('failed', {
      code: 'package-missing',
      detail: trans.__('Python %1 of this kernel has no %2', version, PACKAGE),
      remedy: remedy(
        trans.__('Install it in this kernel’s environment, then try again.'),
        install(python)
      )
    });
  }
  if (missing?.startsWith('jupyter_kfp_connect.')) {
    return rung('failed', {
      code: 'package-too-old',
      detail: trans.__('the %1 of this kernel is too old', PACKAGE),
      remedy: remedy(
        trans.__(
          'Upgrade it in this kernel’s environment, restart the kernel, then try again.'
        ),
        install(python, '--upgrade ')
      )
    });
  }
  return rung('failed', {
    code: 'not-armed',
    detail: armed.ename
      ? trans.__('the kernel answered %1: %2', armed.ename, armed.evalue ?? '')
      : trans.__('the kernel gave no answer'),
    remedy: remedy(trans.__('Restart the kernel, then try again.'))
  });
}

/**
 * The kernel's answer, `null` when it is none.
 */
function parse(repr: string | undefined): IAnswer | null {
  try {
    const answer = JSON.parse(unrepr(repr ?? '') ?? '');
    return typeof answer?.state === 'string' ? answer : null;
  } catch (reason) {
    return null;
  }
}

/**
 * The line that installs the package for one interpreter.
 */
function install(python: string | null, flags = ''): string {
  const program = python || 'python';
  const quoted = /[\s()&]/.test(program) ? `"${program}"` : program;
  return `${quoted} -m pip install ${flags}${PACKAGE}`;
}

function remedy(text: string, copy: string | null = null): IRemedy {
  return { text, copy, filename: null, link: null };
}
