import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import type {
  IConnection,
  ICredentials,
  IDetected,
  IFileProblem,
  IKernel,
  IOverview,
  IPolicy
} from './_contract';
import type { IKfpNotebooks, IKfpWaitingCells } from './notebooktokens';

export type * from './notebooktokens';

/**
 * The token of the connections to Kubeflow Pipelines.
 */
export const IKfpConnection = new Token<IKfpConnection>(
  'jupyter-kfp-connect:IKfpConnection',
  'The connections to Kubeflow Pipelines that the Jupyter server holds, and the notebooks that have a client.'
);

/**
 * Which manifest of Kubeflow's guide.
 */
export type ManifestKind = 'pod-default' | 'pod' | 'role-binding';

/**
 * What else a manifest can name: who is meant, as `namespace/name`, and what the
 * token is made for. Empty for the usual.
 */
export type ManifestNames = {
  [name in 'service_account' | 'audience']?: string;
};

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
   * The files with connections that could not be used, and why.
   */
  readonly fileProblems: ReadonlyArray<IFileProblem>;

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
   * The open notebooks and consoles, and whether they have a client.
   */
  readonly notebooks: IKfpNotebooks;

  /**
   * The cells of this window that wait for a sign-in.
   */
  readonly waiting: IKfpWaitingCells;

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
   * Ask KFP for the recent experiments and runs of a namespace, and for the
   * namespaces that the user may use.
   *
   * @param name - the connection's name
   * @param namespace - the namespace, `null` for the connection's own
   */
  overview(name: string, namespace: string | null): Promise<IOverview>;

  /**
   * Make a manifest of Kubeflow's guide.
   *
   * @param kind - which
   * @param namespace - where it is applied, `null` for that of the server's pod
   * @param named - what else it names
   */
  manifest(
    kind: ManifestKind,
    namespace: string | null,
    named?: ManifestNames
  ): Promise<string>;

  /**
   * Start the Jupyter server's own sandbox and connect to it.
   */
  startSandbox(): Promise<IConnection>;
}
