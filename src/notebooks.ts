import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { IConnection, IKernel, IRung } from './_contract';
import { rung } from './arming';
import { isUsable, namespaceOf } from './connections';
import { NotebookKernel } from './notebookkernel';
import { literal } from './python';
import type { IKfpConnection, IKfpNotebooks } from './tokens';

/**
 * Which notebooks get a client without being asked.
 */
export type ArmPolicy = 'active' | 'all' | 'none';

/**
 * The open notebooks. Arms them when a connection stands, as the user's
 * settings say, and again when a kernel that was armed starts anew.
 */
export class KfpNotebooks implements IKfpNotebooks, IDisposable {
  /**
   * @param options - what the notebooks need
   */
  constructor(options: KfpNotebooks.IOptions) {
    this._model = options.model;
    this._tracker = options.tracker;
    this._trans = options.trans;
    this._model.connected.connect(this._onConnected, this);
    this._model.changed.connect(this._onModelChanged, this);
    this._tracker?.forEach(panel => this._add(panel));
    this._tracker?.widgetAdded.connect(this._onAdded, this);
    this._tracker?.currentChanged.connect(this._emit, this);
  }

  get changed(): ISignal<IKfpNotebooks, void> {
    return this._changed;
  }

  get items(): ReadonlyArray<IKfpNotebooks.IItem> {
    return [...this._kernels.keys()].map(panel => this._item(panel));
  }

  get current(): IKfpNotebooks.IItem | null {
    const panel = this._tracker?.currentWidget;
    return panel ? this.of(panel) : null;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Which notebooks get a client without being asked. */
  policy: ArmPolicy = 'active';

  /** The client's name in notebooks that are armed from now on. */
  variable = 'kfp_client';

  of(panel: NotebookPanel): IKfpNotebooks.IItem | null {
    return this._kernels.has(panel) ? this._item(panel) : null;
  }

  async put(panel: NotebookPanel, connection?: string): Promise<IRung> {
    const kernel = this._kernels.get(panel);
    if (!kernel) {
      throw new Error('This notebook is closed.');
    }
    return kernel.put({
      connection: connection ?? this._model.current?.name ?? null,
      variable: this.variable
    });
  }

  insertCell(panel: NotebookPanel): void {
    const notebook = panel.content;
    const index = notebook.activeCellIndex + 1;
    const { variable, connection: name } = this._item(panel);
    const connection = this._model.connections.find(each => each.name === name);
    const namespace = connection ? namespaceOf(connection) : null;
    const args = namespace === null ? '' : `namespace=${literal(namespace)}`;
    notebook.model?.sharedModel.insertCell(index, {
      cell_type: 'code',
      source: `${variable}.list_experiments(${args})`,
      metadata: { trusted: true }
    });
    notebook.activeCellIndex = index;
    notebook.activate();
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._kernels.forEach(kernel => kernel.dispose());
    this._kernels.clear();
    Signal.clearData(this);
  }

  private _add(panel: NotebookPanel): void {
    if (this._kernels.has(panel)) {
      return;
    }
    const kernel = new NotebookKernel({
      panel,
      heldBy: id => this._held(id),
      trans: this._trans
    });
    this._kernels.set(panel, kernel);
    kernel.changed.connect(this._emit, this);
    panel.title.changed.connect(this._emit, this);
    panel.disposed.connect(this._onClosed, this);
    this._emit();
  }

  private _item(panel: NotebookPanel): IKfpNotebooks.IItem {
    const { id, wanted, rung: own } = this._kernels.get(panel)!;
    const held = this._held(id);
    // The server knows what became of it since: a client made, or lost.
    const known = own === null || own.state === 'ok' ? held?.rung : null;
    return {
      panel,
      label: panel.title.label,
      variable: wanted?.variable ?? held?.variable ?? this.variable,
      connection: held?.connection ?? wanted?.connection ?? null,
      rung: known ?? own ?? rung('unknown')
    };
  }

  private _held(id: string | undefined): IKernel | null {
    return this._model.kernels.find(each => each.kernel_id === id) ?? null;
  }

  private _onClosed(panel: NotebookPanel): void {
    this._kernels.get(panel)?.dispose();
    this._kernels.delete(panel);
    this._emit();
  }

  private _onAdded(_: unknown, panel: NotebookPanel): void {
    this._add(panel);
    const { current } = this._model;
    if (this.policy === 'all' && current && isUsable(current)) {
      void this.put(panel, current.name);
    }
  }

  private _onConnected(_: unknown, connection: IConnection): void {
    if (this.policy === 'none' || !isUsable(connection)) {
      return;
    }
    const active = this._tracker?.currentWidget;
    for (const panel of this._kernels.keys()) {
      if (this.policy === 'all' || panel === active) {
        void this.put(panel, connection.name);
      }
    }
  }

  private _onModelChanged(): void {
    this._emit();
  }

  private _emit(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _model: IKfpConnection;
  private readonly _tracker: INotebookTracker | null;
  private readonly _trans: TranslationBundle;
  private readonly _kernels = new Map<NotebookPanel, NotebookKernel>();
  private readonly _changed = new Signal<IKfpNotebooks, void>(this);
  private _isDisposed = false;
}

/**
 * A namespace for `KfpNotebooks` types.
 */
export namespace KfpNotebooks {
  /**
   * What the notebooks need.
   */
  export interface IOptions {
    /** The connections. */
    model: IKfpConnection;
    /** The open notebooks, `null` where the application has none. */
    tracker: INotebookTracker | null;
    /** For the messages. */
    trans: TranslationBundle;
  }
}
