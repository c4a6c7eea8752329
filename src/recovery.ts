import type { ServiceManager } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { Signal } from '@lumino/signaling';
import type { IServerEvents } from './events';
import type { IKfpConnection } from './tokens';

/**
 * Reads the state again once the Jupyter server is back: events that were
 * emitted meanwhile are lost. While all is well it asks nothing.
 */
export class Recovery implements IDisposable {
  /**
   * @param model - what to read again
   * @param events - the stream of events, which may be cut
   * @param services - what tells that a connection failed
   */
  constructor(
    model: IKfpConnection,
    events: IServerEvents,
    services: Pick<ServiceManager.IManager, 'connectionFailure'>
  ) {
    this._model = model;
    this._poll = new Poll({
      auto: false,
      name: 'jupyter-kfp-connect:recovery',
      factory: () => this._try(),
      frequency: { interval: 2000, backoff: true, max: 60000 },
      standby: 'when-hidden'
    });
    services.connectionFailure.connect(this._onFailure, this);
    events.failed.connect(this._onFailure, this);
    events.opened.connect(this._again, this);
    document.addEventListener('visibilitychange', this._onVisible);
    window.addEventListener('online', this._onOnline);
  }

  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    document.removeEventListener('visibilitychange', this._onVisible);
    window.removeEventListener('online', this._onOnline);
    this._poll.dispose();
    Signal.clearData(this);
  }

  private _onFailure(): void {
    if (this._isAsked()) {
      void this._poll.start();
    }
  }

  private _again(): void {
    if (this._isAsked()) {
      void this._model.refresh();
    }
  }

  /**
   * Whether somebody wanted to know: before, there is nothing to be wrong.
   */
  private _isAsked(): boolean {
    return this._model.isLoaded || this._model.problem !== null;
  }

  /**
   * Browsers let a hidden page's timers and sockets lie, and a laptop sleeps.
   */
  private readonly _onVisible = (): void => {
    if (document.visibilityState === 'visible') {
      this._again();
    }
  };

  private readonly _onOnline = (): void => this._again();

  private async _try(): Promise<void> {
    await this._model.refresh();
    if (this._model.problem) {
      throw this._model.problem;
    }
    void this._poll.stop();
  }

  private readonly _model: IKfpConnection;
  private readonly _poll: Poll;
}
