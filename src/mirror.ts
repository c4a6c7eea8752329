import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { IConnection, IConnections, IKernel } from './_contract';
import type { KfpApi } from './api';
import { coalesced } from './coalesce';

/**
 * What the Jupyter server last said.
 */
export class Mirror {
  /**
   * @param api - the server extension's routes
   */
  constructor(api: KfpApi) {
    this._api = api;
  }

  /** Emitted when anything below has been read or replaced. */
  get changed(): ISignal<Mirror, void> {
    return this._changed;
  }

  /** Connections, default and policy; `null` before the first answer. */
  get state(): IConnections | null {
    return this._state;
  }

  /** The kernels that hold a client, or should. */
  get kernels(): ReadonlyArray<IKernel> {
    return this._kernels;
  }

  /** Why the last read failed, `null` when it did not. */
  get problem(): Error | null {
    return this._problem;
  }

  /**
   * Read the state. Calls during a read share one more read after it.
   */
  readonly read = coalesced(() => this._read());

  /**
   * Put in what a request answered, without waiting for the next read.
   */
  replace(connection: IConnection): void {
    if (this._state) {
      this._state = {
        ...this._state,
        connections: this._state.connections.map(each =>
          each.name === connection.name ? connection : each
        )
      };
    }
    this._changed.emit();
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
    this._changed.emit();
  }

  private readonly _api: KfpApi;
  private readonly _changed = new Signal<Mirror, void>(this);
  private _state: IConnections | null = null;
  private _kernels: ReadonlyArray<IKernel> = [];
  private _problem: Error | null = null;
}
