import { ServerConnection } from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import type {
  IConnection,
  IFileProblem,
  IKernel,
  IOverview,
  IStateEvent
} from '../_contract';
import { KfpApi } from '../api';
import type { IServerEvents } from '../events';
import { KfpConnectionModel } from '../model';
import { KfpNotebooks } from '../notebooks';
import { WaitingCells } from '../waitingcells';
import { connection } from './answers';
import { type FakePanel, FakeTracker } from './fakepanels';

export { FakeKernel, FakePanel, FakeTracker, text } from './fakepanels';

/** Texts as they are written. */
export const trans = nullTranslator.load('jupyter_kfp_connect');

/** What was asked of the fake server. */
export interface IAsked {
  method: string;
  path: string;
  body: any;
}

/**
 * The server extension's REST routes, in memory. `answers` override them; a
 * number is a status without an envelope.
 */
export class FakeServer {
  connections: IConnection[] = [];
  kernels: IKernel[] = [];
  overview: IOverview = {
    namespaces: [],
    experiments: [],
    runs: [],
    links: { ui: null, experiments: null, runs: null }
  };
  defaultName: string | null = null;
  locked = false;
  problems: IFileProblem[] = [];
  keyring = false;
  asked: IAsked[] = [];
  queries: string[] = [];
  answers = new Map<string, (body: any) => unknown>();

  readonly settings = ServerConnection.makeSettings({
    baseUrl: 'http://localhost/',
    fetch: (async (request: Request) => this._fetch(request)) as typeof fetch,
    WebSocket: FakeSocket as unknown as typeof WebSocket
  });

  /** The requests that change something. */
  get changes(): IAsked[] {
    return this.asked.filter(({ method }) => method !== 'GET');
  }

  private async _fetch(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    const path = pathname.replace('/jupyter-kfp-connect/', '');
    this.queries.push(search);
    const text = await request.text();
    const body = text ? JSON.parse(text) : null;
    const { method } = request;
    this.asked.push({ method, path, body });
    const answer = this.answers.get(`${method} ${path}`);
    const data = answer ? await answer(body) : this._answer(method, path, body);
    if (typeof data === 'string') {
      return new Response(data);
    }
    if (typeof data === 'number') {
      return data === 204 ? NOTHING : new Response('no JSON', { status: data });
    }
    if ((data as any)?.rungs) {
      // What a request answers is what the next read shows.
      this.put(data as IConnection);
    }
    const status = (data as any)?.error ? 400 : 200;
    return new Response(JSON.stringify(data), { status });
  }

  private _answer(method: string, path: string, body: any): unknown {
    const [, name, action] =
      /^connections\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? [];
    if (path === 'connections') {
      return {
        connections: this.connections,
        default: this.defaultName,
        policy: { locked: this.locked, keyring: this.keyring, broker: true },
        problems: this.problems
      };
    }
    if (path === 'kernels') {
      return this.kernels;
    }
    if (path.startsWith('kernels/') || path.startsWith('sign-ins/')) {
      return 204;
    }
    if (path === 'detect') {
      return { found: [], attempts: [] };
    }
    if (action === 'overview') {
      return this.overview;
    }
    const known = this.connections.find(each => each.name === name);
    if (method === 'PUT' && !action) {
      const saved = { ...(known ?? connection({ name })), ...body };
      this.put(saved);
      return saved;
    }
    return known ?? 404;
  }

  /** Create a connection or put another in its place. */
  put(connection: IConnection): void {
    this.connections = [
      ...this.connections.filter(each => each.name !== connection.name),
      connection
    ];
  }
}

/** What jsdom's Response cannot be: an answer without a body. */
const NOTHING = { status: 204, ok: true } as Response;

/** A socket that opens and closes when a test says so. */
export class FakeSocket {
  static made: FakeSocket[] = [];

  constructor(readonly url: string) {
    FakeSocket.made.push(this);
  }

  onopen = () => undefined as void;
  onclose = () => undefined as void;
  onmessage = (_: { data: string }) => undefined as void;

  close(): void {
    this.onclose();
  }
}

/** The Jupyter server's events. */
export class FakeEvents implements IServerEvents {
  readonly told: Signal<IServerEvents, IStateEvent> = new Signal(this);
  readonly opened: Signal<IServerEvents, void> = new Signal(this);
  readonly failed: Signal<IServerEvents, void> = new Signal(this);
  isDisposed = false;

  /** Tell that something changed. */
  emit(
    kind: IStateEvent['kind'] = 'connection',
    rest: Partial<IStateEvent> = {}
  ): void {
    this.told.emit({
      kind,
      connection: null,
      connection_id: null,
      kernel_id: null,
      sign_in: null,
      revision: 1,
      ...rest
    });
  }

  dispose(): void {
    this.isDisposed = true;
  }
}

/** Everything together, on a fake server. */
export function setUp(...panels: FakePanel[]) {
  const server = new FakeServer();
  const events = new FakeEvents();
  const tracker = new FakeTracker(...panels);
  const consoles = new FakeTracker();
  const connectionFailure = new Signal<any, Error>({});
  const api = new KfpApi(server.settings, trans);
  const model = new KfpConnectionModel({
    api,
    events,
    services: { connectionFailure }
  });
  const notebooks = new KfpNotebooks({
    model,
    notebooks: tracker as unknown as KfpNotebooks.ITracker,
    consoles: consoles as unknown as KfpNotebooks.ITracker,
    report: (id, report) => api.report(id, report).catch(() => undefined),
    trans
  });
  model.notebooks = notebooks;
  model.waiting = new WaitingCells({ api, events, notebooks });
  return {
    server,
    events,
    connectionFailure,
    tracker,
    consoles,
    model,
    notebooks
  };
}

/** Wait until something holds. */
export async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 200; turn++) {
    if (holds()) {
      return;
    }
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  throw new Error(`never came: ${holds}`);
}
