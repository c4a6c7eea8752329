import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel, Session } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type { IRung } from './_contract';
import { arm, rung } from './arming';

/**
 * What a kernel is to hold.
 */
export interface IWanted {
  /** The connection's name, `null` for the default one. */
  connection: string | null;
  /** The client's name. */
  variable: string;
}

/**
 * What this window does to one notebook's kernel: puts a client there, and
 * again when the kernel starts anew.
 */
export class NotebookKernel implements IDisposable {
  /**
   * @param options - which notebook, and what is known of its kernel
   */
  constructor(options: NotebookKernel.IOptions) {
    this._panel = options.panel;
    this._trans = options.trans;
    this._heldBy = options.heldBy;
    const session = this._panel.sessionContext;
    session.kernelChanged.connect(this._onKernelChanged, this);
    session.statusChanged.connect(this._onStatus, this);
  }

  /** Emitted when `rung` has changed. */
  get changed(): ISignal<NotebookKernel, void> {
    return this._changed;
  }

  /** What was put there, `null` when this window put nothing there. */
  get wanted(): IWanted | null {
    return this._wanted;
  }

  /** What came of it, `null` when that is not known. */
  get rung(): IRung | null {
    return this._rung;
  }

  /** The kernel's id. */
  get id(): string | undefined {
    return this._panel.sessionContext.session?.kernel?.id;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /**
   * Put a client there.
   */
  put(wanted: IWanted): Promise<IRung> {
    this._wanted = wanted;
    return this._arm(wanted);
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      Signal.clearData(this);
    }
  }

  private async _arm(wanted: IWanted): Promise<IRung> {
    this._isFresh = false;
    const attempt = this._set(rung('checking'));
    const result = await this._try(wanted);
    // A kernel that has started anew meanwhile makes the answer an old one.
    if (attempt === this._attempt) {
      this._set(result);
    }
    return result;
  }

  private async _try(wanted: IWanted): Promise<IRung> {
    const { _trans: trans } = this;
    const session = this._panel.sessionContext;
    try {
      await session.ready;
      const kernel = session.session?.kernel;
      if (!kernel) {
        return failed(
          'kernel-unsupported',
          trans.__('this notebook has no kernel'),
          trans.__('Choose a Python kernel for this notebook, then try again.')
        );
      }
      return await arm(kernel, { ...wanted, namespace: null }, trans);
    } catch (reason) {
      // The kernel went away while it was asked.
      return failed(
        'not-armed',
        trans.__('the kernel ended before it answered'),
        trans.__('Restart the kernel, then try again.')
      );
    }
  }

  private _onKernelChanged(
    _: unknown,
    { oldValue, newValue }: Session.ISessionConnection.IKernelChangedArgs
  ): void {
    // A restart is told as a change to the same kernel.
    if (oldValue?.id !== newValue?.id) {
      this._wanted ??= this._heldBy(oldValue?.id);
      this._lose(newValue !== null);
    }
  }

  /**
   * A kernel that starts anew has lost what was put there.
   */
  private _onStatus(_: unknown, status: Kernel.Status): void {
    if (status === 'restarting' || status === 'autorestarting') {
      this._wanted ??= this._heldBy(this.id);
      this._lose(true);
    } else if (status === 'dead') {
      this._lose(false);
    } else if (status === 'idle' && this._isFresh && this._wanted) {
      void this._arm(this._wanted);
    }
  }

  /**
   * What was put there is gone; it comes again once a new kernel is ready.
   */
  private _lose(comesAgain: boolean): void {
    this._isFresh = comesAgain && this._wanted !== null;
    this._set(this._isFresh ? rung('checking') : null);
  }

  private _set(rung: IRung | null): number {
    this._rung = rung;
    this._attempt += 1;
    if (!this._isDisposed) {
      this._changed.emit();
    }
    return this._attempt;
  }

  private readonly _panel: NotebookPanel;
  private readonly _trans: TranslationBundle;
  private readonly _heldBy: (id: string | undefined) => IWanted | null;
  private readonly _changed = new Signal<NotebookKernel, void>(this);
  private _wanted: IWanted | null = null;
  private _rung: IRung | null = null;
  private _attempt = 0;
  private _isFresh = false;
  private _isDisposed = false;
}

function failed(code: string, detail: string, text: string): IRung {
  const remedy = { text, copy: null, filename: null, link: null };
  return rung('failed', { code, detail, remedy });
}

/**
 * A namespace for `NotebookKernel` types.
 */
export namespace NotebookKernel {
  /**
   * Which notebook, and what is known of its kernel.
   */
  export interface IOptions {
    /** The notebook. */
    panel: NotebookPanel;
    /** What a kernel held before this page was loaded. */
    heldBy: (id: string | undefined) => IWanted | null;
    /** For the messages. */
    trans: TranslationBundle;
  }
}
