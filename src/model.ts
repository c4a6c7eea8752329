import type { Event, ServiceManager } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type {
  IConnection,
  IConnections,
  ICredentials,
  IDetected,
  IKernel,
  IPolicy
} from './_contract';
import type { KfpApi } from './api';
import { BusyClock } from './busyclock';
import { coalesced } from './coalesce';
import { choose, isConnected } from './connections';
import { Recovery } from './recovery';
import type { ConnectionFields, IKfpConnection, IKfpNotebooks } from './tokens';
import { nextSignal } from './waiting';

/**
 * The schema of the server extension's events.
 */
export const STATE_EVENT =
  'https://events.jupyter.org/jupyter_kfp_connect/state/v1';

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
    this._api = options.api;
    this._events = options.services.events.stream;
    this._events.connect(this._onEvent, this);
    this._recovery = new Recovery(this, options.services);
  }

  get changed(): ISignal<IKfpConnection, void> {
    return this._changed;
  }

  get connected(): ISignal<IKfpConnection, IConnection> {
    return this._connected;
  }

  get connections(): ReadonlyArray<IConnection> {
    return this._state?.connections ?? [];
  }

  get kernels(): ReadonlyArray<IKernel> {
    return this._kernels;
  }

  get defaultName(): string | null {
    return this._state?.default ?? null;
  }

  get policy(): IPolicy | null {
    return this._state?.policy ?? null;
  }

  get isLoaded(): boolean {
    return this._state !== null;
  }

  get problem(): Error | null {
    return this._problem;
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

  get current(): IConnection | null {
    return choose(this.connections, [this._selected, this.defaultName]);
  }

  async load(): Promise<void> {
    if (this._state === null) {
      this._loading ??= this.refresh().finally(() => {
        this._loading = null;
      });
      await this._loading;
    }
  }

  /**
   * Calls during a read share one more read after it.
   */
  readonly refresh = coalesced(() => this._read());

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
    this._replace(answer);
    const connection = answer.busy ? await this._settled(answer) : answer;
    void this.refresh();
    if (isConnected(connection)) {
      this._connected.emit(connection);
    }
    return connection;
  }

  async cancel(name: string): Promise<void> {
    this._replace(await this._api.cancel(name));
  }

  async disconnect(name: string): Promise<void> {
    this._replace(await this._api.disconnect(name));
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

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._events.disconnect(this._onEvent, this);
    this._recovery.dispose();
    this._notebooks?.dispose();
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

  private async _read(): Promise<void> {
    try {
      const [state, kernels] = await Promise.all([
        this._api.connections(),
        this._api.kernels()
      ]);
      this._state = state;
      this._kernels = kernels;
      this._problem = null;
    } catch (reason) {
      this._problem = reason as Error;
    }
    this._tell();
  }

  /**
   * Put in what a request answered, without waiting for the next read.
   */
  private _replace(connection: IConnection): void {
    if (this._state) {
      this._state = {
        ...this._state,
        connections: this._state.connections.map(each =>
          each.name === connection.name ? connection : each
        )
      };
    }
    this._tell();
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

  private _onEvent(_: unknown, event: Event.Emission): void {
    if (event.schema_id === STATE_EVENT) {
      void this.refresh();
    }
  }

  private readonly _api: KfpApi;
  private readonly _events: Event.Stream;
  private readonly _recovery: Recovery;
  private readonly _clock = new BusyClock();
  private readonly _changed = new Signal<IKfpConnection, void>(this);
  private readonly _connected = new Signal<IKfpConnection, IConnection>(this);
  private _notebooks: IKfpNotebooks | null = null;
  private _state: IConnections | null = null;
  private _kernels: ReadonlyArray<IKernel> = [];
  private _selected: string | null = null;
  private _problem: Error | null = null;
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
    /** The Jupyter server's events, and what tells that it was lost. */
    services: Pick<ServiceManager.IManager, 'events' | 'connectionFailure'>;
  }
}
