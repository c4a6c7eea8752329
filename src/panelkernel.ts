import type { Kernel, Session } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { IKernelReport, IRung } from './_contract';
import { type IArmOptions, type IArmed, PYTHON, arm, rung } from './arming';
import type { KernelPanel } from './tokens';

/**
 * What this window does to the kernel of one notebook or console: puts clients
 * there, and again when the kernel starts anew.
 */
export class PanelKernel implements IDisposable {
  /**
   * @param options - whose kernel, and what the server knows of it
   */
  constructor(options: PanelKernel.IOptions) {
    this._options = options;
    const session = options.panel.sessionContext;
    session.kernelChanged.connect(this._onKernelChanged, this);
    session.statusChanged.connect(this._onStatus, this);
    session.connectionStatusChanged.connect(this._onConnection, this);
    void this._learn();
  }

  /** Emitted when `rung` or `language` has changed. */
  get changed(): ISignal<PanelKernel, void> {
    return this._changed;
  }

  /** What was put there last, `null` when this window put nothing there. */
  get wanted(): IArmOptions | null {
    return this._wanted[0] ?? null;
  }

  /**
   * What this window knows and the server does not: that a client is on its
   * way, or what came of it; `null` when the server knows as much.
   */
  get rung(): IRung | null {
    return this._rung;
  }

  /** The kernel's language, `null` when that is not known yet. */
  get language(): string | null {
    return this._language;
  }

  /** The kernel's id, `null` when there is none. */
  get id(): string | null {
    return this._kernel?.id ?? null;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /**
   * Put a client there.
   */
  put(wanted: IArmOptions): Promise<IRung> {
    this._wanted = [wanted];
    return this._arm();
  }

  /**
   * Put a client there unasked: kernels of another language are left alone.
   */
  async offer(wanted: IArmOptions): Promise<void> {
    await this._options.panel.sessionContext.ready;
    await this._learn();
    if (!this._isDisposed && (!this._language || this._language === PYTHON)) {
      await this.put(wanted);
    }
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      Signal.clearData(this);
    }
  }

  private get _kernel(): Kernel.IKernelConnection | null {
    return this._options.panel.sessionContext.session?.kernel ?? null;
  }

  private async _arm(): Promise<IRung> {
    this._isFresh = false;
    const attempt = this._set(rung('checking'));
    const came: IArmed[] = [];
    for (const wanted of this._wanted) {
      came.push(await this._try(wanted));
    }
    // A kernel that has started anew meanwhile makes the answers old ones.
    if (attempt === this._attempt) {
      const isKnown = await this._tell(came);
      if (attempt === this._attempt) {
        this._set(isKnown ? null : came[0].rung);
      }
    }
    return came[0].rung;
  }

  private async _try(wanted: IArmOptions): Promise<IArmed> {
    const { trans, panel } = this._options;
    try {
      await panel.sessionContext.ready;
      const kernel = this._kernel;
      if (!kernel) {
        return failed(
          'kernel-unsupported',
          trans.__('there is no kernel'),
          trans.__('Choose a Python kernel for this notebook, then try again.')
        );
      }
      return await arm(kernel, wanted, trans);
    } catch (reason) {
      // The kernel went away while it was asked.
      return failed(
        'not-armed',
        trans.__('the kernel ended before it answered'),
        trans.__('Restart the kernel, then try again.')
      );
    }
  }

  /**
   * See that the server knows what came of it.
   *
   * @returns whether it does
   */
  private async _tell(came: IArmed[]): Promise<boolean> {
    const { id } = this;
    if (!id) {
      return false;
    }
    for (const { report } of came) {
      if (report) {
        await this._options.report(id, report);
      }
    }
    return this._options.isKnown(id, this.wanted?.variable ?? '');
  }

  private _onKernelChanged(
    _: unknown,
    { oldValue, newValue }: Session.ISessionConnection.IKernelChangedArgs
  ): void {
    // A restart is told as a change to the same kernel.
    if (oldValue?.id !== newValue?.id) {
      this._remember(oldValue?.id ?? null);
      this._lose(newValue !== null);
      this._language = null;
      void this._learn();
    }
  }

  /**
   * A kernel that starts anew has lost what was put there.
   */
  private _onStatus(_: unknown, status: Kernel.Status): void {
    if (status === 'restarting' || status === 'autorestarting') {
      this._remember(this.id, status === 'autorestarting');
      this._lose(true);
    } else if (status === 'dead') {
      this._lose(false);
    } else if (status === 'idle') {
      this._again();
    }
  }

  /**
   * A request that is sent as soon as there is a kernel to take it comes before
   * the cells of *Restart and run all*.
   */
  private _onConnection(_: unknown, status: Kernel.ConnectionStatus): void {
    if (status === 'connected') {
      this._again();
    }
  }

  private _again(): void {
    if (this._isFresh) {
      void this._arm();
    }
  }

  /**
   * The server knows best what a kernel held. Where it knows of nothing, what
   * this window put there counts, unless it was known and has gone since.
   */
  private _remember(id: string | null, hasDied = false): void {
    const held = id === null ? null : this._options.heldBy(id, hasDied);
    if (held) {
      this._wanted = held;
    } else if (this._rung === null) {
      this._wanted = [];
    }
  }

  /**
   * What was put there is gone; it comes again once a new kernel is there.
   */
  private _lose(comesAgain: boolean): void {
    this._isFresh = comesAgain && this._wanted.length > 0;
    this._set(this._isFresh ? rung('checking') : null);
  }

  private async _learn(): Promise<void> {
    const kernel = this._kernel;
    // A kernel that ends before it has told is no news.
    const info = await kernel?.info.catch(() => null);
    if (info && kernel === this._kernel && !this._isDisposed) {
      this._language = info.language_info.name;
      this._changed.emit();
    }
  }

  private _set(rung: IRung | null): number {
    this._rung = rung;
    this._attempt += 1;
    if (!this._isDisposed) {
      this._changed.emit();
    }
    return this._attempt;
  }

  private readonly _options: PanelKernel.IOptions;
  private readonly _changed = new Signal<PanelKernel, void>(this);
  private _wanted: ReadonlyArray<IArmOptions> = [];
  private _rung: IRung | null = null;
  private _language: string | null = null;
  private _attempt = 0;
  private _isFresh = false;
  private _isDisposed = false;
}

function failed(code: string, detail: string, text: string): IArmed {
  const remedy = { text, copy: null, filename: null, link: null };
  return { rung: rung('failed', { code, detail, remedy }), report: null };
}

/**
 * A namespace for `PanelKernel` types.
 */
export namespace PanelKernel {
  /**
   * Whose kernel, and what the server knows of it.
   */
  export interface IOptions {
    /** The notebook or console. */
    panel: KernelPanel;
    /**
     * What to put in a kernel again should it start anew, `null` when the
     * server knows nothing of it; one that has died by itself is forgotten
     * there before.
     */
    heldBy: (id: string, hasDied: boolean) => ReadonlyArray<IArmOptions> | null;
    /** Tell the server what a kernel cannot tell by itself. */
    report: (id: string, report: IKernelReport) => Promise<void>;
    /** Read again what the server knows; whether this name is part of it. */
    isKnown: (id: string, variable: string) => Promise<boolean>;
    /** For the messages. */
    trans: TranslationBundle;
  }
}
