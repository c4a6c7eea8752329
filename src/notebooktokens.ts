import type { ISessionContext } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';
import type { IRung } from './_contract';

/**
 * A notebook or a console.
 */
export type KernelPanel = Widget & {
  readonly sessionContext: ISessionContext;
};

/**
 * The open notebooks and consoles, and the client in each: the ladder's fourth
 * rung.
 */
export interface IKfpNotebooks extends IDisposable {
  /**
   * Emitted when a notebook or console comes, goes or changes its state.
   */
  readonly changed: ISignal<IKfpNotebooks, void>;

  /**
   * The open notebooks and consoles, in the order they were opened.
   */
  readonly items: ReadonlyArray<IKfpNotebooks.IItem>;

  /**
   * The one in front, or that was so last; `null` when none is open.
   */
  readonly current: IKfpNotebooks.IItem | null;

  /**
   * The state of one notebook or console.
   *
   * @param panel - the notebook or console
   */
  of(panel: KernelPanel): IKfpNotebooks.IItem | null;

  /**
   * Put a client in a kernel, ready for the next cell.
   *
   * @param panel - the notebook or console
   * @param connection - the connection, by default the current one
   */
  put(panel: KernelPanel, connection?: string): Promise<IRung>;

  /**
   * Insert a cell that uses the client below the active one.
   *
   * @param panel - the notebook
   */
  insertCell(panel: NotebookPanel): void;
}

/**
 * A namespace for `IKfpNotebooks` types.
 */
export namespace IKfpNotebooks {
  /**
   * One open notebook or console.
   */
  export interface IItem {
    /** The notebook or console. */
    readonly panel: KernelPanel;
    /** The notebook, `null` for a console. */
    readonly notebook: NotebookPanel | null;
    /** Its name, as in its tab. */
    readonly label: string;
    /** Its kernel, `null` when it has none. */
    readonly kernelId: string | null;
    /** The language of its kernel, `null` when that is not known yet. */
    readonly language: string | null;
    /** The client's name there. */
    readonly variable: string;
    /** The connection that the client belongs to, `null` when there is none. */
    readonly connection: string | null;
    /** The names of further clients in the same kernel. */
    readonly others: ReadonlyArray<string>;
    /** The fourth rung: will the next cell find a live client? */
    readonly rung: IRung;
  }
}

/**
 * The cells of this window's kernels that wait for a sign-in.
 */
export interface IKfpWaitingCells extends IDisposable {
  /**
   * Emitted when a cell begins to wait or ends it.
   */
  readonly changed: ISignal<IKfpWaitingCells, void>;

  /**
   * Emitted when a cell begins to wait: the form for its connection is wanted.
   */
  readonly wanted: ISignal<IKfpWaitingCells, IKfpWaitingCells.ICell>;

  /**
   * The cells that wait, in the order they came.
   */
  readonly items: ReadonlyArray<IKfpWaitingCells.ICell>;

  /**
   * Let a cell wait no longer.
   *
   * @param id - what the cell waits under
   */
  cancel(id: string): Promise<void>;
}

/**
 * A namespace for `IKfpWaitingCells` types.
 */
export namespace IKfpWaitingCells {
  /**
   * One cell that waits.
   */
  export interface ICell {
    /** What it waits under. */
    readonly id: string;
    /** The connection to be signed in to. */
    readonly connectionId: string;
    /** Its kernel. */
    readonly kernelId: string;
  }
}
