import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type {
  IConnection,
  IConnections,
  ICredentials,
  IDetected,
  IErrorEnvelope,
  IKernel,
  IKernelReport,
  IOverview
} from './_contract';
import type { ConnectionFields, ManifestNames } from './tokens';

/**
 * The server extension's part of the Jupyter server's address.
 */
const NAMESPACE = 'jupyter-kfp-connect';

/**
 * Seconds that a `connect` may take before the server answers that it goes on.
 */
const CONNECT_WAIT = 25;

/**
 * A request that was refused. A rung that does not hold is no error: it comes
 * with the connection.
 */
export class KfpApiError extends Error {
  /**
   * @param status - the HTTP status, 0 when nothing answered
   * @param error - what the server's envelope says
   */
  constructor(status: number, error: IErrorEnvelope['error']) {
    super(error.message);
    this.name = 'KfpApiError';
    this.status = status;
    this.code = error.code;
    this.remedy = error.remedy;
    this.retryable = error.retryable;
  }

  /** The HTTP status, 0 when nothing answered. */
  readonly status: number;
  /** A stable code, such as `bad-request`. */
  readonly code: string;
  /** What to do about it, in a sentence. */
  readonly remedy: string;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
}

/**
 * The routes of the server extension.
 */
export class KfpApi {
  /**
   * @param settings - how to reach the Jupyter server
   * @param trans - for the messages of this side
   */
  constructor(settings: ServerConnection.ISettings, trans: TranslationBundle) {
    this._settings = settings;
    this._trans = trans;
  }

  /** All connections, from the server's memory. */
  connections(): Promise<IConnections> {
    return this._request('GET', 'connections');
  }

  /** The kernels that hold a client, or should. */
  kernels(): Promise<IKernel[]> {
    return this._request('GET', 'kernels');
  }

  /** Create or change a connection. */
  save(name: string, fields: ConnectionFields): Promise<IConnection> {
    return this._request('PUT', `connections/${name}`, fields);
  }

  /** Delete a connection. */
  remove(name: string): Promise<void> {
    return this._request('DELETE', `connections/${name}`);
  }

  /** Set the default connection. */
  setDefault(name: string): Promise<void> {
    return this._request('PUT', 'default', { name });
  }

  /** Look around. */
  detect(): Promise<IDetected> {
    return this._request('POST', 'detect', {});
  }

  /** Climb a connection's ladder; answers when it has settled or takes long. */
  connect(name: string, credentials: ICredentials): Promise<IConnection> {
    const path = `connections/${name}/connect?wait=${CONNECT_WAIT}`;
    return this._request('POST', path, credentials);
  }

  /** Stop a climb. */
  cancel(name: string): Promise<IConnection> {
    return this._request('POST', `connections/${name}/cancel`, {});
  }

  /** Forget a session. */
  disconnect(name: string): Promise<IConnection> {
    return this._request('POST', `connections/${name}/disconnect`, {});
  }

  /** Start the sandbox. */
  startSandbox(): Promise<IConnection> {
    return this._request('POST', 'sandbox', {});
  }

  /** What is going on in a namespace: two calls to KFP, so never on a timer. */
  overview(name: string, namespace: string | null): Promise<IOverview> {
    const query = Private.query({ namespace });
    return this._request('GET', `connections/${name}/overview${query}`);
  }

  /** A manifest of Kubeflow's guide, filled in. */
  async manifest(
    kind: string,
    namespace: string | null,
    named: ManifestNames = {}
  ): Promise<string> {
    const query = Private.query({ namespace, ...named });
    const response = await this._ask('GET', `manifests/${kind}${query}`);
    return response.text();
  }

  /** Tell what was found of a kernel that cannot tell by itself. */
  report(kernelId: string, report: IKernelReport): Promise<void> {
    return this._request('POST', `kernels/${kernelId}`, report);
  }

  /** Answer a cell that waits for a sign-in; gets through as the page closes. */
  answerCell(id: string, action: KfpApi.SignInAction): Promise<void> {
    const path = `sign-ins/${id}`;
    return this._request('POST', path, { action }, { keepalive: true });
  }

  private async _request<T>(
    method: string,
    path: string,
    body?: object,
    more: RequestInit = {}
  ): Promise<T> {
    const response = await this._ask(method, path, body, more);
    if (response.status === 204) {
      return undefined as T;
    }
    // An answer that is no JSON comes from something in between.
    const data = await response.json().catch(() => null);
    if (data === null) {
      const { status } = response;
      throw new KfpApiError(status, Private.noEnvelope(status, this._trans));
    }
    return data as T;
  }

  private async _ask(
    method: string,
    path: string,
    body?: object,
    more: RequestInit = {}
  ): Promise<Response> {
    const url = URLExt.join(this._settings.baseUrl, NAMESPACE, path);
    const init: RequestInit = { method, ...more };
    if (body !== undefined) {
      init.body = JSON.stringify(body);
      init.headers = { 'Content-Type': 'application/json' };
    }
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(url, init, this._settings);
    } catch (reason) {
      throw new KfpApiError(0, Private.unreached(this._trans));
    }
    if (!response.ok) {
      const { status } = response;
      const data = await response.json().catch(() => null);
      const error = data?.error?.code
        ? data.error
        : Private.noEnvelope(status, this._trans);
      throw new KfpApiError(status, error);
    }
    return response;
  }

  private readonly _settings: ServerConnection.ISettings;
  private readonly _trans: TranslationBundle;
}

/**
 * A namespace for `KfpApi` types.
 */
export namespace KfpApi {
  /**
   * What a window says to a cell that waits: it shows the form, the person gave
   * up, or the window goes away.
   */
  export type SignInAction = 'seen' | 'cancel' | 'left';
}

/**
 * A namespace for private functions.
 */
namespace Private {
  /**
   * The query of those fields that say something.
   */
  export function query(fields: { [name: string]: string | null }): string {
    const given = Object.entries(fields).filter(([, value]) => value);
    return given.length ? `?${new URLSearchParams(given as string[][])}` : '';
  }

  /**
   * What to say when no answer came at all.
   */
  export function unreached(trans: TranslationBundle): IErrorEnvelope['error'] {
    return {
      code: 'server-unreachable',
      message: trans.__('The Jupyter server does not answer.'),
      remedy: trans.__('Check that it is still running, then try again.'),
      retryable: true
    };
  }

  /**
   * What to say when the answer is not the extension's.
   */
  export function noEnvelope(
    status: number,
    trans: TranslationBundle
  ): IErrorEnvelope['error'] {
    if (status === 404) {
      return {
        code: 'extension-missing',
        message: trans.__(
          'The Jupyter server has no jupyter-kfp-connect extension.'
        ),
        remedy: trans.__(
          'Install jupyter-kfp-connect where the Jupyter server runs and restart it.'
        ),
        retryable: false
      };
    }
    return {
      code: 'bad-answer',
      message: trans.__('The Jupyter server answered %1.', status),
      remedy: trans.__(
        'Reload the page; you may have been signed out of Jupyter.'
      ),
      retryable: true
    };
  }
}
