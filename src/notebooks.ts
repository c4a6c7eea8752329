import type { ISessionContext } from '@jupyterlab/apputils';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { IConnection, IKernel, IRung } from './_contract';
import { arm, rung } from './arming';
import { isUsable, namespaceOf } from './connections';
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
    return [...this._entries.keys()].map(panel => this._item(panel));
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
    return this._entries.has(panel) ? this._item(panel) : null;
  }

  async put(panel: NotebookPanel, connection?: string): Promise<IRung> {
    const entry = this._entries.get(panel);
    if (!entry) {
      throw new Error('This notebook is closed.');
    }
    entry.wanted = {
      connection: connection ?? this._model.current?.name ?? null,
      variable: this.variable
    };
    return this._arm(panel, entry);
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
    this._entries.clear();
    Signal.clearData(this);
  }

  private _add(panel: NotebookPanel): void {
    if (this._entries.has(panel)) {
      return;
    }
    const entry: IEntry = {
      wanted: null,
      rung: null,
      attempt: 0,
      fresh: false
    };
    this._entries.set(panel, entry);
    panel.disposed.connect(() => {
      this._entries.delete(panel);
      this._emit();
    }, this);
    const session = panel.sessionContext;
    session.kernelChanged.connect((_, { oldValue, newValue }) => {
      // A restart is told as a change to the same kernel.
      if (oldValue?.id !== newValue?.id) {
        entry.wanted ??= this._wantedBefore(oldValue?.id);
        entry.fresh = newValue !== null;
        this._forget(entry);
      }
    }, this);
    session.statusChanged.connect((_, status) => {
      this._onStatus(panel, entry, status);
    }, this);
    panel.title.changed.connect(this._emit, this);
    this._emit();
  }

  /**
   * A kernel that starts anew has lost what was put there.
   */
  private _onStatus(
    panel: NotebookPanel,
    entry: IEntry,
    status: Kernel.Status
  ): void {
    if (status === 'restarting' || status === 'autorestarting') {
      entry.wanted ??= this._wantedBefore(
        panel.sessionContext.session?.kernel?.id
      );
      entry.fresh = true;
      this._forget(entry);
    } else if (status === 'dead') {
      this._forget(entry);
    } else if (status === 'idle' && entry.fresh) {
      entry.fresh = false;
      if (entry.wanted) {
        void this._arm(panel, entry);
      }
    }
  }

  private _forget(entry: IEntry): void {
    entry.attempt += 1;
    entry.rung = null;
    this._emit();
  }

  private async _arm(panel: NotebookPanel, entry: IEntry): Promise<IRung> {
    const attempt = ++entry.attempt;
    entry.rung = rung('checking');
    this._emit();
    const result = await this._try(panel.sessionContext, entry);
    if (attempt === entry.attempt) {
      entry.rung = result;
      this._emit();
    }
    return result;
  }

  private async _try(session: ISessionContext, entry: IEntry): Promise<IRung> {
    const { _trans: trans } = this;
    try {
      await session.ready;
      const kernel = session.session?.kernel;
      if (!kernel) {
        return this._failed(
          'kernel-unsupported',
          trans.__('this notebook has no kernel'),
          trans.__('Choose a Python kernel for this notebook, then try again.')
        );
      }
      entry.fresh = false;
      return await arm(kernel, { ...entry.wanted!, namespace: null }, trans);
    } catch (reason) {
      // The kernel went away while it was asked.
      return this._failed(
        'not-armed',
        trans.__('the kernel ended before it answered'),
        trans.__('Restart the kernel, then try again.')
      );
    }
  }

  private _failed(code: string, detail: string, text: string): IRung {
    const remedy = { text, copy: null, filename: null, link: null };
    return rung('failed', { code, detail, remedy });
  }

  private _item(panel: NotebookPanel): IKfpNotebooks.IItem {
    const { wanted, rung: own } = this._entries.get(panel)!;
    const held = this._held(panel.sessionContext.session?.kernel?.id);
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

  /**
   * What a kernel held that was armed before this page was loaded.
   */
  private _wantedBefore(id: string | undefined): IWanted | null {
    const held = this._held(id);
    return held && { connection: held.connection, variable: held.variable };
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
    for (const panel of this._entries.keys()) {
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
  private readonly _entries = new Map<NotebookPanel, IEntry>();
  private readonly _changed = new Signal<IKfpNotebooks, void>(this);
  private _isDisposed = false;
}

/**
 * What a kernel is to hold.
 */
interface IWanted {
  connection: string | null;
  variable: string;
}

/**
 * What this window knows of one notebook.
 */
interface IEntry {
  /** What was put there, to be put there again after a restart. */
  wanted: IWanted | null;
  /** What came of it, `null` when this window put nothing there. */
  rung: IRung | null;
  /** Counts attempts, so that a late answer to an old one is passed over. */
  attempt: number;
  /** Whether the kernel has started anew since. */
  fresh: boolean;
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
