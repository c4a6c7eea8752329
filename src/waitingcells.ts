import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { IStateEvent } from './_contract';
import { type KfpApi, KfpApiError } from './api';
import type { IServerEvents } from './events';
import type { IKfpNotebooks, IKfpWaitingCells } from './tokens';

/**
 * The cells of this window's kernels that wait for a sign-in. The server asks
 * all windows; those that have the kernel open say so at once, or the cell is
 * told that nobody is there.
 */
export class WaitingCells implements IKfpWaitingCells, IDisposable {
  /**
   * @param options - what tells of cells, and whose kernels are open here
   */
  constructor(options: WaitingCells.IOptions) {
    this._api = options.api;
    this._notebooks = options.notebooks;
    options.events.told.connect(this._onEvent, this);
    options.events.opened.connect(this._onOpened, this);
    this._notebooks.changed.connect(this._onNotebooks, this);
    window.addEventListener('pagehide', this._onPageHide);
  }

  get changed(): ISignal<IKfpWaitingCells, void> {
    return this._changed;
  }

  get wanted(): ISignal<IKfpWaitingCells, IKfpWaitingCells.ICell> {
    return this._wanted;
  }

  get items(): ReadonlyArray<IKfpWaitingCells.ICell> {
    return [...this._cells.values()];
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  async cancel(id: string): Promise<void> {
    this._drop(id);
    await this._answer(id, 'cancel');
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      window.removeEventListener('pagehide', this._onPageHide);
      Signal.clearData(this);
    }
  }

  private _onEvent(_: unknown, event: IStateEvent): void {
    const { kind, sign_in: id } = event;
    if (id && kind === 'sign-in-wanted') {
      void this._onWanted(id, event);
    } else if (id && kind === 'sign-in-ended') {
      this._drop(id);
    }
  }

  /**
   * A cell asks, for the first time or because another window has left.
   */
  private async _onWanted(id: string, event: IStateEvent): Promise<void> {
    const { connection_id: connectionId, kernel_id: kernelId } = event;
    if (!connectionId || !kernelId || !this._isOpen(kernelId)) {
      return;
    }
    const cell = { id, connectionId, kernelId };
    const isNew = !this._cells.has(id);
    this._cells.set(id, cell);
    if ((await this._answer(id, 'seen')) && isNew && this._cells.has(id)) {
      this._changed.emit();
      this._wanted.emit(cell);
    }
  }

  /**
   * Ends that were told while nobody listened are found out by asking.
   */
  private _onOpened(): void {
    for (const { id } of this.items) {
      void this._answer(id, 'seen');
    }
  }

  /**
   * A notebook that is closed, or has another kernel now, leaves its cell.
   */
  private _onNotebooks(): void {
    for (const { id, kernelId } of this.items) {
      if (!this._isOpen(kernelId)) {
        this._drop(id);
        void this._answer(id, 'left');
      }
    }
  }

  private readonly _onPageHide = (): void => {
    for (const { id } of this.items) {
      this._drop(id);
      void this._answer(id, 'left');
    }
  };

  /**
   * Tell the server.
   *
   * @returns whether the cell still waits
   */
  private async _answer(
    id: string,
    action: KfpApi.SignInAction
  ): Promise<boolean> {
    try {
      await this._api.answerCell(id, action);
      return true;
    } catch (reason) {
      if (reason instanceof KfpApiError && reason.status === 0) {
        // Nobody answered: whether it still waits will be asked again.
        return true;
      }
      this._drop(id);
      return false;
    }
  }

  private _drop(id: string): void {
    if (this._cells.delete(id) && !this._isDisposed) {
      this._changed.emit();
    }
  }

  private _isOpen(kernelId: string): boolean {
    return this._notebooks.items.some(item => item.kernelId === kernelId);
  }

  private readonly _api: KfpApi;
  private readonly _notebooks: IKfpNotebooks;
  private readonly _cells = new Map<string, IKfpWaitingCells.ICell>();
  private readonly _changed = new Signal<IKfpWaitingCells, void>(this);
  private readonly _wanted = new Signal<
    IKfpWaitingCells,
    IKfpWaitingCells.ICell
  >(this);
  private _isDisposed = false;
}

/**
 * A namespace for `WaitingCells` types.
 */
export namespace WaitingCells {
  /**
   * What the waiting cells need.
   */
  export interface IOptions {
    /** The server extension's routes. */
    api: KfpApi;
    /** What tells of cells that wait. */
    events: IServerEvents;
    /** The open notebooks and consoles. */
    notebooks: IKfpNotebooks;
  }
}
