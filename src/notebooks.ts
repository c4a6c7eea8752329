import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';
import type { IConnection, IKernel, IKernelReport, IRung } from './_contract';
import { type IArmOptions, rung } from './arming';
import { isUsable, namespaceOf } from './connections';
import { LastHolds, comesAgain, principal } from './holds';
import { PanelKernel } from './panelkernel';
import { literal } from './python';
import type { IKfpConnection, IKfpNotebooks, KernelPanel } from './tokens';

/**
 * Which notebooks get a client without being asked.
 */
export type ArmPolicy = 'active' | 'all' | 'none';

/**
 * The open notebooks and consoles. Arms them when a connection stands, as the
 * user's settings say, and again when a kernel that was armed starts anew.
 */
export class KfpNotebooks implements IKfpNotebooks, IDisposable {
  /**
   * @param options - what the notebooks need
   */
  constructor(options: KfpNotebooks.IOptions) {
    this._options = options;
    const { model, notebooks, consoles, shell } = options;
    model.connected.connect(this._onConnected, this);
    model.changed.connect(this._onModelChanged, this);
    for (const tracker of [notebooks, consoles]) {
      tracker?.forEach(panel => this._add(panel));
      tracker?.widgetAdded.connect(this._onAdded, this);
      if (!shell?.currentChanged) {
        tracker?.currentChanged.connect(this._onFront, this);
      }
    }
    // A tracker takes what was opened last for what is in front.
    shell?.currentChanged?.connect(this._onShell, this);
    this._onFront(null, (shell?.currentWidget ?? null) as KernelPanel | null);
  }

  get changed(): ISignal<IKfpNotebooks, void> {
    return this._changed;
  }

  get items(): ReadonlyArray<IKfpNotebooks.IItem> {
    return [...this._kernels.keys()].map(panel => this._item(panel));
  }

  get current(): IKfpNotebooks.IItem | null {
    const { notebooks, consoles } = this._options;
    const panel =
      this._front ?? notebooks?.currentWidget ?? consoles?.currentWidget;
    return panel ? this.of(panel) : null;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Which notebooks get a client without being asked. */
  policy: ArmPolicy = 'active';

  /** The client's name in notebooks that are armed from now on. */
  variable = 'kfp_client';

  of(panel: KernelPanel): IKfpNotebooks.IItem | null {
    return this._kernels.has(panel) ? this._item(panel) : null;
  }

  async put(panel: KernelPanel, connection?: string): Promise<IRung> {
    const kernel = this._kernels.get(panel);
    if (!kernel) {
      throw new Error('This notebook is closed.');
    }
    return kernel.put(this._client(connection ?? this._model.current?.name));
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

  private get _model(): IKfpConnection {
    return this._options.model;
  }

  private _add(panel: KernelPanel): void {
    if (this._kernels.has(panel)) {
      return;
    }
    const kernel = new PanelKernel({
      panel,
      heldBy: (id, hasDied) => this._heldBy(id, hasDied),
      report: this._options.report,
      isKnown: async (id, variable) => {
        await this._model.refresh();
        return this._held(id).some(each => each.variable === variable);
      },
      trans: this._options.trans
    });
    this._kernels.set(panel, kernel);
    kernel.changed.connect(this._emit, this);
    panel.title.changed.connect(this._emit, this);
    panel.disposed.connect(this._onClosed, this);
    this._emit();
  }

  private _item(panel: KernelPanel): IKfpNotebooks.IItem {
    const { notebooks } = this._options;
    const { id, language, wanted, rung: own } = this._kernels.get(panel)!;
    const names = this._held(id);
    const known = principal(names, wanted?.variable, this.variable);
    // The server knows best, but for what is under way in this window.
    const held = own?.state === 'checking' ? null : known;
    return {
      panel,
      notebook: notebooks?.has(panel) ? (panel as NotebookPanel) : null,
      label: panel.title.label,
      kernelId: id,
      language,
      variable: held?.variable ?? wanted?.variable ?? this.variable,
      connection: held?.connection ?? (own && wanted?.connection) ?? null,
      others: names
        .filter(each => each !== known && each.rung.state === 'ok')
        .map(each => each.variable),
      rung: held?.rung ?? own ?? rung('unknown')
    };
  }

  /**
   * What to put in a kernel again should it start anew.
   */
  private _heldBy(
    id: string,
    hasDied: boolean
  ): ReadonlyArray<IArmOptions> | null {
    const known = this._held(id);
    const held = known.length || !hasDied ? known : this._lastHolds.of(id);
    return held.length > 0 ? comesAgain(held, this._model.connections) : null;
  }

  private _held(id: string | null): ReadonlyArray<IKernel> {
    return this._model.kernels.filter(each => each.kernel_id === id);
  }

  private _client(connection: string | undefined): IArmOptions {
    const { variable } = this;
    return { connection: connection ?? null, variable, namespace: null };
  }

  private _onClosed(panel: KernelPanel): void {
    this._kernels.get(panel)?.dispose();
    this._kernels.delete(panel);
    if (this._front === panel) {
      this._front = null;
    }
    this._emit();
  }

  private _onAdded(_: unknown, panel: KernelPanel): void {
    this._add(panel);
    this._offerAll();
  }

  private _onFront(_: unknown, panel: KernelPanel | null): void {
    if (panel && this._kernels.has(panel)) {
      this._front = panel;
    }
    this._emit();
  }

  private _onShell(_: unknown, { newValue }: { newValue: Widget | null }) {
    this._onFront(_, newValue as KernelPanel | null);
  }

  private _onConnected(_: unknown, connection: IConnection): void {
    const active = this.current?.panel;
    const kernel = active && this._kernels.get(active);
    if (kernel && this.policy === 'active' && isUsable(connection)) {
      void kernel.offer(this._client(connection.name));
    }
    this._offerAll();
  }

  private _onModelChanged(): void {
    this._lastHolds.note(this._model.kernels);
    this._offerAll();
    this._emit();
  }

  /**
   * Give every kernel a client, once, where the settings say so.
   */
  private _offerAll(): void {
    const { current } = this._model;
    if (this.policy !== 'all' || !current || !isUsable(current)) {
      return;
    }
    for (const kernel of this._kernels.values()) {
      if (!this._offered.has(kernel)) {
        this._offered.add(kernel);
        if (this._held(kernel.id).length === 0) {
          void kernel.offer(this._client(current.name));
        }
      }
    }
  }

  private _emit(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _options: KfpNotebooks.IOptions;
  private readonly _kernels = new Map<KernelPanel, PanelKernel>();
  private readonly _lastHolds = new LastHolds();
  private readonly _offered = new WeakSet<PanelKernel>();
  private readonly _changed = new Signal<IKfpNotebooks, void>(this);
  private _front: KernelPanel | null = null;
  private _isDisposed = false;
}

/**
 * A namespace for `KfpNotebooks` types.
 */
export namespace KfpNotebooks {
  /**
   * Those of one kind that are open.
   */
  export interface ITracker {
    readonly currentWidget: KernelPanel | null;
    readonly widgetAdded: ISignal<any, KernelPanel>;
    readonly currentChanged: ISignal<any, KernelPanel | null>;
    forEach(each: (panel: KernelPanel) => void): void;
    has(panel: Widget): boolean;
  }

  /**
   * What the notebooks need.
   */
  export interface IOptions {
    /** The connections. */
    model: IKfpConnection;
    /** The open notebooks, `null` where the application has none. */
    notebooks: ITracker | null;
    /** The open consoles, `null` where the application has none. */
    consoles?: ITracker | null;
    /** What is in front, where the application tells. */
    shell?: {
      currentWidget?: Widget | null;
      currentChanged?: ISignal<any, { newValue: Widget | null }>;
    };
    /** Tell the server what a kernel cannot tell by itself. */
    report: (id: string, report: IKernelReport) => Promise<void>;
    /** For the messages. */
    trans: TranslationBundle;
  }
}
