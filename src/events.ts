import { URLExt } from '@jupyterlab/coreutils';
import type { ServerConnection } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { IStateEvent } from './_contract';

/**
 * The schema of the server extension's events.
 */
export const STATE_EVENT =
  'https://events.jupyter.org/jupyter_kfp_connect/state/v1';

/**
 * What the Jupyter server tells of the connections.
 */
export interface IServerEvents extends IDisposable {
  /**
   * Emitted with each event of the server extension.
   */
  readonly told: ISignal<IServerEvents, IStateEvent>;

  /**
   * Emitted when the stream of events stands, at first and again: what was told
   * before is lost.
   */
  readonly opened: ISignal<IServerEvents, void>;

  /**
   * Emitted when the stream of events was lost and does not come back at once.
   */
  readonly failed: ISignal<IServerEvents, void>;
}

/**
 * The Jupyter server's events over a socket of our own. JupyterLab's stream
 * does not say when it was cut, for how long, or that it stands again; a window
 * that does not know that goes on telling what was true before.
 */
export class ServerEvents implements IServerEvents {
  /**
   * @param settings - how to reach the Jupyter server
   */
  constructor(settings: ServerConnection.ISettings) {
    this._settings = settings;
    this._poll = new Poll({
      name: 'jupyter-kfp-connect:events',
      factory: () => this._listen(),
      // Soon at first, then less and less often: a stopped server stays so.
      frequency: { interval: 1000, backoff: 1.3, max: 10000 },
      // Cells that wait ask hidden windows too.
      standby: 'never'
    });
  }

  get told(): ISignal<IServerEvents, IStateEvent> {
    return this._told;
  }

  get opened(): ISignal<IServerEvents, void> {
    return this._opened;
  }

  get failed(): ISignal<IServerEvents, void> {
    return this._failed;
  }

  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._poll.dispose();
    this._socket?.close();
    Signal.clearData(this);
  }

  /**
   * Listen until the socket closes. The promise is refused when it never
   * opened, so that the next try waits longer.
   */
  private _listen(): Promise<void> {
    const { appendToken, token, WebSocket, wsUrl } = this._settings;
    let url = URLExt.join(wsUrl, 'api/events/subscribe');
    if (appendToken && token !== '') {
      url += `?token=${encodeURIComponent(token)}`;
    }
    return new Promise((resolve, reject) => {
      let isOpen = false;
      const socket = new WebSocket(url);
      this._socket = socket;
      socket.onopen = () => {
        isOpen = true;
        this._onOpen();
      };
      socket.onmessage = ({ data }) => this._onMessage(data);
      socket.onclose = () => {
        if (isOpen) {
          resolve();
        } else {
          this._onRefused();
          reject(new Error('The stream of events does not open.'));
        }
      };
    });
  }

  private _onOpen(): void {
    this._isDown = false;
    this._opened.emit();
  }

  private _onRefused(): void {
    if (!this._isDown && !this.isDisposed) {
      this._isDown = true;
      this._failed.emit();
    }
  }

  private _onMessage(data: unknown): void {
    const event = data ? JSON.parse(String(data)) : null;
    if (event?.schema_id === STATE_EVENT) {
      this._told.emit(event as IStateEvent);
    }
  }

  private readonly _settings: ServerConnection.ISettings;
  private readonly _poll: Poll;
  private readonly _told = new Signal<IServerEvents, IStateEvent>(this);
  private readonly _opened = new Signal<IServerEvents, void>(this);
  private readonly _failed = new Signal<IServerEvents, void>(this);
  private _socket: WebSocket | null = null;
  private _isDown = false;
}
