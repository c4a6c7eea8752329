import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import {
  type Event,
  type Kernel,
  ServerConnection
} from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal, Stream } from '@lumino/signaling';
import { Title, type Widget } from '@lumino/widgets';
import type { IConnection, IKernel } from '../_contract';
import { KfpApi } from '../api';
import { KfpConnectionModel, STATE_EVENT } from '../model';
import { KfpNotebooks } from '../notebooks';
import { connection } from './answers';

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
  defaultName: string | null = null;
  locked = false;
  asked: IAsked[] = [];
  answers = new Map<string, (body: any) => unknown>();

  readonly settings = ServerConnection.makeSettings({
    baseUrl: 'http://localhost/',
    fetch: (async (request: Request) => this._fetch(request)) as typeof fetch
  });

  /** The requests that change something. */
  get changes(): IAsked[] {
    return this.asked.filter(({ method }) => method !== 'GET');
  }

  private async _fetch(request: Request): Promise<Response> {
    const path = new URL(request.url).pathname.replace(
      '/jupyter-kfp-connect/',
      ''
    );
    const text = await request.text();
    const body = text ? JSON.parse(text) : null;
    const { method } = request;
    this.asked.push({ method, path, body });
    const answer = this.answers.get(`${method} ${path}`);
    const data = answer ? await answer(body) : this._answer(method, path, body);
    if (typeof data === 'number') {
      return new Response(data === 204 ? null : 'no JSON', { status: data });
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
        policy: { locked: this.locked, keyring: false, broker: true }
      };
    }
    if (path === 'kernels') {
      return this.kernels;
    }
    if (path === 'detect') {
      return { found: [], attempts: [] };
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

/** The Jupyter server's events. */
export class FakeEvents {
  readonly stream: Event.Stream = new Stream<any, Event.Emission>(this);

  /** Tell that something changed. */
  emit(kind = 'connection'): void {
    (this.stream as Stream<any, Event.Emission>).emit({
      schema_id: STATE_EVENT,
      kind,
      revision: 1
    });
  }
}

/** A kernel that answers to what the panel asks of it. */
export class FakeKernel {
  constructor(
    public id = 'kernel-1',
    public language = 'python'
  ) {}

  requests: any[] = [];
  expressions: { [name: string]: unknown } = {
    armed: text('{"state": "armed", "variable": "kfp_client"}'),
    python: text('/opt/env/bin/python'),
    version: text('3.12.1')
  };
  answer: () => Promise<void> = async () => undefined;

  get info(): Promise<any> {
    return Promise.resolve({ language_info: { name: this.language } });
  }

  requestExecute(content: any, disposeOnDone: boolean): any {
    this.requests.push(content);
    const done = this.answer().then(() => ({
      content: { status: 'ok', user_expressions: this.expressions }
    }));
    return { done };
  }
}

/** The value of an expression that is a Python text. */
export function text(value: string): unknown {
  return { status: 'ok', data: { 'text/plain': `'${value}'` } };
}

/** An open notebook. */
export class FakePanel {
  constructor(
    label = 'train.ipynb',
    public kernel: FakeKernel | null = new FakeKernel()
  ) {
    this.id = label;
    this.title = new Title<Widget>({ owner: null as any, label });
  }

  readonly id: string;
  readonly title: Title<Widget>;
  readonly disposed = new Signal<this, void>(this);
  readonly inserted: any[] = [];
  readonly content = {
    activeCellIndex: 0,
    activate: jest.fn(),
    model: {
      sharedModel: {
        insertCell: (index: number, cell: any) =>
          this.inserted.push({ index, ...cell })
      }
    }
  };
  readonly sessionContext = this._session();

  /** As the application has it. */
  get asPanel(): NotebookPanel {
    return this as unknown as NotebookPanel;
  }

  /** Tell of a new state of the kernel. */
  status(...statuses: Kernel.Status[]): void {
    for (const status of statuses) {
      this.sessionContext.statusChanged.emit(status);
    }
  }

  private _session() {
    const panel = () => this.kernel;
    return {
      ready: Promise.resolve(),
      kernelChanged: new Signal<any, any>(this),
      statusChanged: new Signal<any, Kernel.Status>(this),
      get session() {
        const kernel = panel();
        return kernel && { kernel };
      }
    };
  }
}

/** The open notebooks. */
export class FakeTracker {
  constructor(...panels: FakePanel[]) {
    this.panels = panels;
    this.currentWidget = panels[0] ?? null;
  }

  panels: FakePanel[];
  currentWidget: FakePanel | null;
  readonly widgetAdded = new Signal<this, FakePanel>(this);
  readonly currentChanged = new Signal<this, FakePanel | null>(this);

  forEach(each: (panel: any) => void): void {
    this.panels.forEach(each);
  }

  /** Open a notebook. */
  add(panel: FakePanel): void {
    this.panels.push(panel);
    this.currentWidget = panel;
    this.widgetAdded.emit(panel);
    this.currentChanged.emit(panel);
  }
}

/** Everything together, on a fake server. */
export function setUp(...panels: FakePanel[]) {
  const server = new FakeServer();
  const events = new FakeEvents();
  const tracker = new FakeTracker(...panels);
  const connectionFailure = new Signal<any, Error>({});
  const model = new KfpConnectionModel({
    api: new KfpApi(server.settings, trans),
    services: {
      events: events as unknown as Event.IManager,
      connectionFailure
    }
  });
  const notebooks = new KfpNotebooks({
    model,
    tracker: tracker as unknown as INotebookTracker,
    trans
  });
  model.notebooks = notebooks;
  return { server, events, connectionFailure, tracker, model, notebooks };
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
