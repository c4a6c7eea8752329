import type { TranslationBundle } from '@jupyterlab/translation';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import type {
  IConnection,
  ICredentials,
  IDetected,
  ISignIn
} from '../_contract';
import { KfpApiError } from '../api';
import { signInOf } from '../connections';
import type { ConnectionFields, IKfpConnection } from '../tokens';
import { Drafts, type IDraft } from './drafts';
import { Overviews } from './overviews';
import { Summons } from './summons';

/**
 * What the panel shows: the ladder, or a form in its place.
 */
export type Screen = 'main' | 'new' | 'edit';

/**
 * The panel's memory and its actions. It outlives the panel's elements, so
 * that what was typed survives an error, a redraw and the closing of the panel.
 */
export class PanelController {
  /**
   * @param options - what the panel needs
   */
  constructor(options: PanelController.IOptions) {
    this.model = options.model;
    this.trans = options.trans;
    this.openSettings = options.openSettings;
    this.overviews = new Overviews(this.model, () => this._changed.emit());
  }

  /** The connections. */
  readonly model: IKfpConnection;

  /** For the texts. */
  readonly trans: TranslationBundle;

  /** Opens the settings, `null` where there is no editor for them. */
  readonly openSettings: (() => void) | null;

  /** Recent runs and namespaces. */
  readonly overviews: Overviews;

  /** Cells that call the form. */
  readonly summons = new Summons(this);

  /** Emitted when anything below has changed. */
  get changed(): ISignal<PanelController, void> {
    return this._changed;
  }

  /** Whether the panel has been seen: before, it asks nobody for anything. */
  get isOpen(): boolean {
    return this._isOpen;
  }

  get screen(): Screen {
    return this._screen;
  }

  /** What was found by looking around, `null` before. */
  get detected(): IDetected | null {
    return this._detected;
  }

  /** Whether somebody is looking around just now. */
  get isDetecting(): boolean {
    return this._isDetecting;
  }

  /** Why the last request was refused, `null` when it was not. */
  get problem(): KfpApiError | null {
    return this._problem;
  }

  /**
   * The panel has come into view.
   */
  open(): void {
    if (!this._isOpen) {
      this._isOpen = true;
      this._changed.emit();
      void this.model.load();
    }
  }

  /** Whether the panel is in view. */
  get isVisible(): boolean {
    return this._isVisible;
  }

  set isVisible(isVisible: boolean) {
    this._isVisible = isVisible;
    if (isVisible) {
      this.open();
    }
    this._changed.emit();
  }

  /** Whether the user has done something here. */
  get hasActed(): boolean {
    return this._hasActed;
  }

  /**
   * The user does something: from then on it is this connection that is worked
   * with, whichever another window makes the default.
   */
  act(): void {
    this._hasActed = true;
    this.model.select(this.model.current?.name ?? null);
  }

  /**
   * Show another screen.
   */
  show(screen: Screen): void {
    this._screen = screen;
    this._problem = null;
    this.act();
    this._changed.emit();
  }

  /**
   * Show a connection's ladder.
   */
  select(name: string): void {
    this.model.select(name);
    this.show('main');
  }

  /**
   * What was typed in a form.
   *
   * @param key - the connection's id, empty for a new one
   */
  draft(key: string): Readonly<IDraft> {
    return this._drafts.of(key);
  }

  /**
   * Keep what was typed in a form; what was wrong with it may be mended.
   */
  type(key: string, patch: IDraft): void {
    this._drafts.type(key, patch);
    this._problem = null;
    this.act();
    // What somebody else sets up meanwhile does not take the first form away.
    this._screen = key ? this._screen : 'new';
    this._changed.emit();
  }

  /**
   * Forget what was typed in a form.
   */
  forget(key: string): void {
    this._drafts.forget(key);
    this._changed.emit();
  }

  /**
   * What the user can do to be signed in.
   */
  signInOf(connection: IConnection): ISignIn | null {
    const { id, sign_in: now } = connection;
    const before = this._asked.get(id) ?? null;
    if (now && before?.kind === now.kind && !now.connectors?.length) {
      // A refusal does not say again what there is to choose from.
      return { ...now, connectors: before.connectors };
    }
    if (now) {
      this._asked.set(id, now);
    }
    return signInOf(connection, before);
  }

  /**
   * Look around, unless that was done already.
   */
  async detect(again = false): Promise<void> {
    if (this._isDetecting || (this._detected && !again)) {
      return;
    }
    this._isDetecting = true;
    await this._attempt(async () => {
      this._detected = await this.model.detect();
    });
    this._isDetecting = false;
    this._changed.emit();
  }

  /**
   * Climb a connection's ladder.
   */
  connect(name: string, credentials: ICredentials = {}): Promise<void> {
    this._screen = 'main';
    return this.run(model => model.connect(name, credentials), name);
  }

  /**
   * Change a connection and climb its ladder again.
   */
  change(name: string, fields: ConnectionFields): Promise<void> {
    return this.run(async model => {
      const saved = await model.save(name, fields);
      await model.connect(saved.name, {});
    }, name);
  }

  /**
   * Change a connection and leave the form; who has gone on to another stays.
   */
  async edit(connection: IConnection, fields: ConnectionFields): Promise<void> {
    const { screen } = this;
    await this._attempt(async () => {
      await this.model.save(connection.name, fields);
      this._asked.delete(connection.id);
      if (this.screen === screen) {
        this.forget(connection.id);
        this.show('main');
      }
    });
  }

  /**
   * Do something with the model; a refusal becomes `problem`.
   *
   * @param action - what to do
   * @param name - the connection that is worked on meanwhile
   */
  async run(
    action: (model: IKfpConnection) => Promise<unknown>,
    name: string | null = null
  ): Promise<void> {
    this._working.push(name);
    await this._attempt(() => action(this.model)).finally(() => {
      this._working.splice(this._working.indexOf(name), 1);
      this._changed.emit();
    });
  }

  /** Whether this panel works on a connection. */
  isOurs({ name }: IConnection): boolean {
    return this._working.includes(name);
  }

  /** Whether a connection is worked on, by this window or another. */
  isBusy(connection: IConnection): boolean {
    const { busy, name } = connection;
    const isAsked = this.model.busySince(name) !== null;
    return busy || isAsked || this.isOurs(connection);
  }

  private async _attempt(action: () => Promise<unknown>): Promise<void> {
    this._problem = null;
    this.act();
    this._changed.emit();
    try {
      await action();
    } catch (reason) {
      if (!(reason instanceof KfpApiError)) {
        throw reason;
      }
      this._problem = reason;
    }
    this._changed.emit();
  }

  private readonly _changed = new Signal<PanelController, void>(this);
  private readonly _drafts = new Drafts();
  private readonly _asked = new Map<string, ISignIn>();
  private readonly _working: (string | null)[] = [];
  private _hasActed = false;
  private _isVisible = false;
  private _isOpen = false;
  private _screen: Screen = 'main';
  private _detected: IDetected | null = null;
  private _isDetecting = false;
  private _problem: KfpApiError | null = null;
}

/**
 * A namespace for `PanelController` types.
 */
export namespace PanelController {
  /**
   * What the panel needs.
   */
  export interface IOptions {
    /** The connections. */
    model: IKfpConnection;
    /** For the texts. */
    trans: TranslationBundle;
    /** Opens the settings, `null` where there is no editor for them. */
    openSettings: (() => void) | null;
  }
}
