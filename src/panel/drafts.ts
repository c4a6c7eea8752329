import type { IConnection, ICredentials } from '../_contract';

/**
 * What was typed and not sent yet. Never a secret: those live in their fields.
 */
export interface IDraft {
  title?: string;
  name?: string;
  host?: string;
  auth?: IConnection['auth'];
  username?: string;
  connector?: string;
  namespace?: string;
  account?: string;
  audience?: string;
  caFile?: string;
  skipVerification?: boolean;
  remember?: ICredentials['remember'];
  /** Takes the secret of a form that is gone, for the place it was typed for. */
  takeSecret?: (place: string) => string;
}

/**
 * The drafts of the panel's forms. They outlive the forms' elements.
 */
export class Drafts {
  /**
   * What was typed in a form.
   *
   * @param key - the connection's id, empty for a new one
   */
  of(key: string): Readonly<IDraft> {
    return this._drafts.get(key) ?? {};
  }

  /**
   * Keep what was typed in a form.
   */
  type(key: string, patch: IDraft): void {
    this._drafts.set(key, { ...this.of(key), ...patch });
  }

  /**
   * Forget what was typed in a form.
   */
  forget(key: string): void {
    this._drafts.delete(key);
  }

  private readonly _drafts = new Map<string, IDraft>();
}
