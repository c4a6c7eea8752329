/**
 * Remembers since when each connection is busy: with a request of this window,
 * or because the server says so.
 */
export class BusyClock {
  /**
   * When the work on a connection began, `null` when nobody works on it.
   */
  since(name: string): Date | null {
    return this._since.get(name) ?? null;
  }

  /**
   * A request of this window begins.
   */
  begin(name: string): void {
    this._asking.add(name);
    this._keep();
  }

  /**
   * A request of this window has been answered.
   */
  end(name: string): void {
    this._asking.delete(name);
    this._keep();
  }

  /**
   * The server told which connections are busy.
   */
  told(busy: ReadonlyArray<string>): void {
    this._told = busy;
    this._keep();
  }

  private _keep(): void {
    const busy = new Set([...this._asking, ...this._told]);
    for (const name of this._since.keys()) {
      if (!busy.has(name)) {
        this._since.delete(name);
      }
    }
    for (const name of busy) {
      if (!this._since.has(name)) {
        this._since.set(name, new Date());
      }
    }
  }

  private readonly _asking = new Set<string>();
  private readonly _since = new Map<string, Date>();
  private _told: ReadonlyArray<string> = [];
}
