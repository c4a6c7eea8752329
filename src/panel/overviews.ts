import type { IConnection, IOverview } from '../_contract';
import { KfpApiError } from '../api';
import { namespaceOf } from '../connections';
import type { IKfpConnection } from '../tokens';

/**
 * Milliseconds after which a panel that comes into view asks again.
 */
const FRESH = 60_000;

/**
 * What is known of one connection's namespace.
 */
interface ILook {
  /** Whom and what it is about. */
  readonly key: string;
  /** What KFP answered last, `null` before. */
  readonly overview: IOverview | null;
  /** Why KFP did not answer, `null` when it did. */
  readonly problem: KfpApiError | null;
  /** Whether it is asked just now. */
  readonly isLoading: boolean;
  /** When it was asked last, in milliseconds. */
  readonly askedAt: number;
  /** When it answered last, in milliseconds. */
  readonly answeredAt: number;
}

/**
 * Recent runs of the connections, asked for when somebody looks
 * and never on a timer: each look costs KFP two calls.
 */
export class Overviews {
  /**
   * @param model - whom to ask
   * @param changed - called when something below has changed
   */
  constructor(model: IKfpConnection, changed: () => void) {
    this._model = model;
    this._changed = changed;
  }

  /**
   * What a connection's overview is about: another user or namespace makes it
   * another one.
   */
  static key(connection: IConnection): string {
    const { id, signed_in_as: user } = connection;
    return [id, namespaceOf(connection), user].join('\n');
  }

  /**
   * What is known of a connection.
   */
  of(connection: IConnection): ILook | null {
    const look = this._looks.get(connection.id) ?? null;
    return look?.key === Overviews.key(connection) ? look : null;
  }

  /**
   * Ask KFP, unless it has answered just now.
   *
   * @param connection - the connection
   * @param again - whether to ask all the same
   */
  async load(connection: IConnection, again = false): Promise<void> {
    const key = Overviews.key(connection);
    const known = this._looks.get(connection.id);
    const isSame = known?.key === key;
    const isFresh = isSame && Date.now() - known.askedAt < FRESH;
    if (isSame && (known.isLoading || (isFresh && !again))) {
      return;
    }
    const look: ILook = {
      key,
      overview: isSame ? known.overview : null,
      problem: null,
      isLoading: true,
      askedAt: Date.now(),
      answeredAt: isSame ? known.answeredAt : 0
    };
    this._put(connection.id, look);
    const came = await this._ask(connection);
    if (this._looks.get(connection.id) === look) {
      this._put(connection.id, { ...look, ...came, isLoading: false });
    }
  }

  private async _ask(connection: IConnection): Promise<Partial<ILook>> {
    try {
      const namespace = namespaceOf(connection);
      const overview = await this._model.overview(connection.name, namespace);
      return { overview, answeredAt: Date.now() };
    } catch (reason) {
      if (!(reason instanceof KfpApiError)) {
        throw reason;
      }
      return { problem: reason };
    }
  }

  private _put(id: string, look: ILook): void {
    this._looks.set(id, look);
    this._changed();
  }

  private readonly _model: IKfpConnection;
  private readonly _changed: () => void;
  private readonly _looks = new Map<string, ILook>();
}
