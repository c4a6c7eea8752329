import type { ServiceManager } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { Signal } from '@lumino/signaling';
import type { IKfpConnection } from './tokens';

/**
 * Reads the state again once the Jupyter server is back: events that were
 * emitted meanwhile are lost. While all is well it asks nothing.
 */
export class Recovery implements IDisposable {
  /**
   * @param model - what to read again
   * @param services - what tells that a connection failed
   */
  constructor(
    model: IKfpConnection,
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
    document.addEventListener('visibilitychange', this._onVisible);
  }

  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    document.removeEventListener('visibilitychange', this._onVisible);
    this._poll.dispose();
    Signal.clearData(this);
  }

  private _onFailure(): void {
    if (this._model.isLoaded) {
      void this._poll.start();
    }
  }

  /**
   * JupyterLab lets its stream of events lie while the page is hidden.
   */
  private readonly _onVisible = (): void => {
    if (document.visibilityState === 'visible' && this._model.isLoaded) {
      void this._model.refresh();
    }
  };

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
