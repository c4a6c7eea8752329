import type { ServiceManager } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type {
  IConnection,
  ICredentials,
  IDetected,
  IFileProblem,
  IKernel,
  IOverview,
  IPolicy
} from './_contract';
import type { KfpApi } from './api';
import { BusyClock } from './busyclock';
import { choose, isConnected } from './connections';
import type { IServerEvents } from './events';
import { Mirror } from './mirror';
import { Recovery } from './recovery';
import type {
  ConnectionFields,
  IKfpConnection,
  IKfpNotebooks,
  IKfpWaitingCells,
  ManifestKind,
  ManifestNames
} from './tokens';
import { nextSignal } from './waiting';

/**
 * Milliseconds between two looks at a climb of which no event tells.
 */
const SETTLE_INTERVAL = 2000;

/**
 * A mirror of the Jupyter server's state. It reads when it is first asked to
 * and when an event says that something changed; it never polls.
 */
export class KfpConnectionModel implements IKfpConnection {
  /**
   * @param options - what the model needs
   */
  constructor(options: KfpConnectionModel.IOptions) {
    const { api, events, services } = options;
    this._api = api;
    this._events = events;
    this._mirror = new Mirror(api);
    this._mirror.changed.connect(this._tell, this);
    events.told.connect(this._onEvent, this);
    this._recovery = new Recovery(this, events, services);
  }

  get changed(): ISignal<IKfpConnection, void> {
    return this._changed;
  }

  get connected(): ISignal<IKfpConnection, IConnection> {
    return this._connected;
  }

  get connections(): ReadonlyArray<IConnection> {
    return this._mirror.state?.connections ?? [];
  }

  get kernels(): ReadonlyArray<IKernel> {
    return this._mirror.kernels;
  }

  get defaultName(): string | null {
    return this._mirror.state?.default ?? null;
  }

  get policy(): IPolicy | null {
    return this._mirror.state?.policy ?? null;
  }

  get fileProblems(): ReadonlyArray<IFileProblem> {
    return this._mirror.state?.problems ?? [];
  }

  get isLoaded(): boolean {
    return this._mirror.state !== null;
  }

  get problem(): Error | null {
    return this._mirror.problem;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  get notebooks(): IKfpNotebooks {
    return this._notebooks!;
  }

  /** Set once, by the plugin: notebooks and connections know each other. */
  set notebooks(notebooks: IKfpNotebooks) {
    this._notebooks = notebooks;
  }

  get waiting(): IKfpWaitingCells {
    return this._waiting!;
  }

  /** Set once, by the plugin: whose cells wait is known by the notebooks. */
  set waiting(waiting: IKfpWaitingCells) {
    this._waiting = waiting;
  }

  get current(): IConnection | null {
    return choose(this.connections, [this._selected, this.defaultName]);
  }

  async load(): Promise<void> {
    if (!this.isLoaded) {
      this._loading ??= this.refresh().finally(() => {
        this._loading = null;
      });
      await this._loading;
    }
  }

  refresh(): Promise<void> {
    return this._mirror.read();
  }

  select(name: string | null): void {
    if (this._selected !== name) {
      this._selected = name;
      this._changed.emit();
    }
  }

  busySince(name: string): Date | null {
    return this._clock.since(name);
  }

  async save(name: string, fields: ConnectionFields): Promise<IConnection> {
    const connection = await this._api.save(name, fields);
    if (this._selected === name) {
      this._selected = connection.name;
    }
    await this.refresh();
    return connection;
  }

  async remove(name: string): Promise<void> {
    await this._api.remove(name);
    if (this._selected === name) {
      this._selected = null;
    }
    await this.refresh();
  }

  async setDefault(name: string): Promise<void> {
    await this._api.setDefault(name);
    await this.refresh();
  }

  async detect(): Promise<IDetected> {
    const detected = await this._api.detect();
    await this.refresh();
    return detected;
  }

  async connect(name: string, credentials: ICredentials): Promise<IConnection> {
    this.select(name);
    const answer = await this._working(
      name,
      this._api.connect(name, credentials)
    );
    this._mirror.replace(answer);
    const connection = answer.busy ? await this._settled(answer) : answer;
    void this.refresh();
    if (isConnected(connection)) {
      this._connected.emit(connection);
    }
    return connection;
  }

  async cancel(name: string): Promise<void> {
    this._mirror.replace(await this._api.cancel(name));
  }

  async disconnect(name: string): Promise<void> {
    this._mirror.replace(await this._api.disconnect(name));
    await this.refresh();
  }

  async startSandbox(): Promise<IConnection> {
    const started = await this._working('sandbox', this._api.startSandbox());
    await this.refresh();
    this.select(started.name);
    return started.sign_in || started.busy
      ? started
      : this.connect(started.name, {});
  }

  overview(name: string, namespace: string | null): Promise<IOverview> {
    return this._api.overview(name, namespace);
  }

  manifest(
    kind: ManifestKind,
    namespace: string | null,
    named?: ManifestNames
  ): Promise<string> {
    return this._api.manifest(kind, namespace, named);
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._recovery.dispose();
    this._notebooks?.dispose();
    this._waiting?.dispose();
    this._events.dispose();
    Signal.clearData(this);
  }

  /**
   * Count a connection as busy until a request of ours is answered.
   */
  private async _working<T>(name: string, request: Promise<T>): Promise<T> {
    this._clock.begin(name);
    this._changed.emit();
    try {
      return await request;
    } finally {
      this._clock.end(name);
      this._changed.emit();
    }
  }

  /**
   * Wait for a climb that outlived its request. Events tell of its end; should
   * the stream of events be down, a look now and then does.
   */
  private async _settled(connection: IConnection): Promise<IConnection> {
    let now: IConnection | null = connection;
    while (now?.busy && !this._isDisposed) {
      if (!(await nextSignal(this._changed, SETTLE_INTERVAL))) {
        await this.refresh();
      }
      now = this._find(connection.name);
    }
    return now ?? connection;
  }

  private _tell(): void {
    if (!this._isDisposed) {
      const busy = this.connections.filter(each => each.busy);
      this._clock.told(busy.map(each => each.name));
      this._changed.emit();
    }
  }

  private _find(name: string | null): IConnection | null {
    return this.connections.find(each => each.name === name) ?? null;
  }

  private _onEvent(): void {
    void this.refresh();
  }

  private readonly _api: KfpApi;
  private readonly _events: IServerEvents;
  private readonly _mirror: Mirror;
  private readonly _recovery: Recovery;
  private readonly _clock = new BusyClock();
  private readonly _changed = new Signal<IKfpConnection, void>(this);
  private readonly _connected = new Signal<IKfpConnection, IConnection>(this);
  private _notebooks: IKfpNotebooks | null = null;
  private _waiting: IKfpWaitingCells | null = null;
  private _selected: string | null = null;
  private _loading: Promise<void> | null = null;
  private _isDisposed = false;
}

/**
 * A namespace for `KfpConnectionModel` types.
 */
export namespace KfpConnectionModel {
  /**
   * What a model needs.
   */
  export interface IOptions {
    /** The server extension's routes. */
    api: KfpApi;
    /** What the Jupyter server tells. */
    events: IServerEvents;
    /** What tells that the Jupyter server was lost. */
    services: Pick<ServiceManager.IManager, 'connectionFailure'>;
  }
}
