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
import { authority, nameFor, shortHost, signInOf } from '../connections';
import type { ConnectionFields, IKfpConnection } from '../tokens';

/**
 * What was typed and not sent yet. Never a secret: those live in their fields.
 */
export interface IDraft {
  title?: string;
  host?: string;
  username?: string;
  connector?: string;
  namespace?: string;
  caFile?: string;
  skipVerification?: boolean;
  remember?: boolean;
}

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
  }

  /** The connections. */
  readonly model: IKfpConnection;

  /** For the texts. */
  readonly trans: TranslationBundle;

  /** Opens the settings, `null` where there is no editor for them. */
  readonly openSettings: (() => void) | null;

  /** Emitted when anything below has changed. */
  get changed(): ISignal<PanelController, void> {
    return this._changed;
  }

  /** Whether the panel has been seen: before, it asks nobody for anything. */
  get isOpen(): boolean {
    return this._isOpen;
  }

  /** What the panel shows. */
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

  /** Whether the user has done something here. */
  get hasActed(): boolean {
    return this._hasActed;
  }

  /**
   * Show another screen.
   */
  show(screen: Screen): void {
    this._screen = screen;
    this._problem = null;
    this._hasActed = true;
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
    return this._drafts.get(key) ?? {};
  }

  /**
   * Keep what was typed in a form; what was wrong with it may be mended.
   */
  type(key: string, patch: IDraft): void {
    this._drafts.set(key, { ...this.draft(key), ...patch });
    this._problem = null;
    this._changed.emit();
  }

  /**
   * Forget what was typed in a form.
   */
  forget(key: string): void {
    this._drafts.delete(key);
    this._changed.emit();
  }

  /**
   * What the user can do to be signed in.
   */
  signInOf(connection: IConnection): ISignIn | null {
    const { id, sign_in: now } = connection;
    if (now) {
      this._asked.set(id, now);
    }
    return signInOf(connection, this._asked.get(id) ?? null);
  }

  /**
   * Look around, unless that was done already.
   */
  async detect(again = false): Promise<void> {
    if (this._isDetecting || (this._detected && !again)) {
      return;
    }
    this._isDetecting = true;
    this._changed.emit();
    await this._attempt(async () => {
      this._detected = await this.model.detect();
    });
    this._isDetecting = false;
    this._changed.emit();
  }

  /**
   * Save a connection to an address and climb its ladder, in one go.
   *
   * @param takePassword - called once the address is saved, just before the
   * password is sent; empties the field
   */
  async connectTo(takePassword: () => string): Promise<void> {
    const { host = '', username = '', remember } = this.draft('');
    const typed = host.trim();
    const known = this.model.connections.find(
      each =>
        each.source === 'user' && shortHost(each.host) === shortHost(typed)
    );
    const name =
      known?.name ??
      nameFor(
        typed,
        this.model.connections.map(each => each.name)
      );
    const fields: ConnectionFields = { host: typed };
    if (!known) {
      fields.title = authority(typed) || name;
    }
    if (username.trim()) {
      fields.username = username.trim();
    }
    await this._attempt(async () => {
      await this.model.save(name, fields);
      this._screen = 'main';
      const password = takePassword();
      const climb = this.model.connect(
        name,
        password
          ? {
              username: username.trim(),
              password,
              remember: remember === false ? 'no' : 'server'
            }
          : {}
      );
      this.forget('');
      await climb;
    });
  }

  /**
   * Climb a connection's ladder.
   */
  connect(name: string, credentials: ICredentials = {}): Promise<void> {
    this._screen = 'main';
    return this._attempt(async () => {
      await this.model.connect(name, credentials);
    });
  }

  /**
   * Change a connection and climb its ladder again.
   */
  change(name: string, fields: ConnectionFields): Promise<void> {
    return this._attempt(async () => {
      const saved = await this.model.save(name, fields);
      await this.model.connect(saved.name, {});
    });
  }

  /**
   * Change a connection and leave the form.
   */
  edit(name: string, fields: ConnectionFields): Promise<void> {
    return this._attempt(async () => {
      const saved = await this.model.save(name, fields);
      this.forget(saved.id);
      this.show('main');
    });
  }

  /**
   * Do something with the model; a refusal becomes `problem`.
   */
  run(action: (model: IKfpConnection) => Promise<unknown>): Promise<void> {
    return this._attempt(() => action(this.model));
  }

  private async _attempt(action: () => Promise<unknown>): Promise<void> {
    this._problem = null;
    this._hasActed = true;
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
  private readonly _drafts = new Map<string, IDraft>();
  private readonly _asked = new Map<string, ISignIn>();
  private _hasActed = false;
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
