import type { NotebookPanel } from '@jupyterlab/notebook';
import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import type {
  IConnection,
  ICredentials,
  IDetected,
  IKernel,
  IPolicy,
  IRung
} from './_contract';

/**
 * The token of the connections to Kubeflow Pipelines.
 */
export const IKfpConnection = new Token<IKfpConnection>(
  'jupyter-kfp-connect:IKfpConnection',
  'The connections to Kubeflow Pipelines that the Jupyter server holds, and the notebooks that have a client.'
);

/**
 * The fields of a connection that a user may set.
 */
export type ConnectionFields = Partial<
  Pick<
    IConnection,
    | 'name'
    | 'title'
    | 'host'
    | 'auth'
    | 'namespace'
    | 'username'
    | 'connector'
    | 'verify_ssl'
  >
> & {
  /** The certificate authority's file, on the machine of the Jupyter server. */
  ssl_ca_cert?: string | null;
};

/**
 * What this window knows of the connections: a mirror of the Jupyter server's
 * state, and the ways to change it. It holds no secret: a credential passes
 * through `connect` in one message and is kept nowhere.
 */
export interface IKfpConnection extends IDisposable {
  /**
   * Emitted when anything below has changed.
   */
  readonly changed: ISignal<IKfpConnection, void>;

  /**
   * Emitted when a `connect` of this window has reached Kubeflow Pipelines.
   */
  readonly connected: ISignal<IKfpConnection, IConnection>;

  /**
   * Every connection, those that were only detected included.
   */
  readonly connections: ReadonlyArray<IConnection>;

  /**
   * The kernels that hold a client, or should.
   */
  readonly kernels: ReadonlyArray<IKernel>;

  /**
   * The name of the connection that a kernel gets when it names none.
   */
  readonly defaultName: string | null;

  /**
   * What the administrator allows, `null` before the first answer.
   */
  readonly policy: IPolicy | null;

  /**
   * The connection that the views show: the one selected, else the default,
   * else the first one set up. `null` when nothing is set up.
   */
  readonly current: IConnection | null;

  /**
   * Whether the Jupyter server has answered at least once.
   */
  readonly isLoaded: boolean;

  /**
   * Why the state could not be read, `null` when it could.
   */
  readonly problem: Error | null;

  /**
   * The open notebooks, and whether they have a client.
   */
  readonly notebooks: IKfpNotebooks;

  /**
   * Read the state, unless it is known already.
   */
  load(): Promise<void>;

  /**
   * Read the state again.
   */
  refresh(): Promise<void>;

  /**
   * Choose what `current` shows, `null` for no choice.
   *
   * @param name - the connection's name
   */
  select(name: string | null): void;

  /**
   * When the work on a connection began, `null` when nobody works on it.
   *
   * @param name - the connection's name
   */
  busySince(name: string): Date | null;

  /**
   * Create a connection or change it.
   *
   * @param name - the connection's name
   * @param fields - what to set; `null` clears a field
   */
  save(name: string, fields: ConnectionFields): Promise<IConnection>;

  /**
   * Forget a connection of the user's own.
   *
   * @param name - the connection's name
   */
  remove(name: string): Promise<void>;

  /**
   * Make a connection the one that a kernel gets when it names none.
   *
   * @param name - the connection's name
   */
  setDefault(name: string): Promise<void>;

  /**
   * Look for Kubeflow at the usual places. Sends no credential.
   */
  detect(): Promise<IDetected>;

  /**
   * Climb the ladder of a connection, signing in where it is needed.
   *
   * @param name - the connection's name
   * @param credentials - what was typed, sent in one message and not kept
   * @returns the connection, whether or not its rungs hold
   */
  connect(name: string, credentials: ICredentials): Promise<IConnection>;

  /**
   * Stop a `connect` that is under way.
   *
   * @param name - the connection's name
   */
  cancel(name: string): Promise<void>;

  /**
   * Forget session and password, here and in every kernel.
   *
   * @param name - the connection's name
   */
  disconnect(name: string): Promise<void>;

  /**
   * Start the Jupyter server's own sandbox and connect to it.
   */
  startSandbox(): Promise<IConnection>;
}

/**
 * The open notebooks and the client in each: the ladder's fourth rung.
 */
export interface IKfpNotebooks extends IDisposable {
  /**
   * Emitted when a notebook comes, goes or changes its state.
   */
  readonly changed: ISignal<IKfpNotebooks, void>;

  /**
   * The open notebooks, in the order they were opened.
   */
  readonly items: ReadonlyArray<IKfpNotebooks.IItem>;

  /**
   * The active notebook, `null` when none is open.
   */
  readonly current: IKfpNotebooks.IItem | null;

  /**
   * The state of one notebook.
   *
   * @param panel - the notebook
   */
  of(panel: NotebookPanel): IKfpNotebooks.IItem | null;

  /**
   * Put a client in a notebook's kernel, ready for the next cell.
   *
   * @param panel - the notebook
   * @param connection - the connection, by default the current one
   */
  put(panel: NotebookPanel, connection?: string): Promise<IRung>;

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
   * One open notebook.
   */
  export interface IItem {
    /** The notebook. */
    readonly panel: NotebookPanel;
    /** Its file name, as in its tab. */
    readonly label: string;
    /** The client's name there. */
    readonly variable: string;
    /** The connection that the client belongs to, `null` when there is none. */
    readonly connection: string | null;
    /** The fourth rung: will the next cell find a live client? */
    readonly rung: IRung;
  }
}
