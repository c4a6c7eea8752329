import { isConnected } from '../connections';
import type { IKfpWaitingCells } from '../tokens';
import type { PanelController } from './controller';

/**
 * Cells that wait for a sign-in call the form for their connection.
 */
export class Summons {
  /**
   * @param controller - the panel
   */
  constructor(controller: PanelController) {
    this._controller = controller;
  }

  /** How often the form was called. */
  get count(): number {
    return this._count;
  }

  /** Whether the form was called and has not come forward yet. */
  get isPending(): boolean {
    return this._isPending;
  }

  /**
   * A cell waits: show the form for its connection.
   */
  async call(cell: IKfpWaitingCells.ICell): Promise<void> {
    const { model } = this._controller;
    this._count += 1;
    this._isPending = true;
    await model.load();
    const connection = model.connections.find(
      each => each.id === cell.connectionId
    );
    if (!connection) {
      return;
    }
    this._controller.select(connection.name);
    const isKnown =
      this._controller.signInOf(connection) !== null || isConnected(connection);
    if (!isKnown && !connection.busy) {
      // Only its front door can tell what it asks for.
      await this._controller.connect(connection.name);
    }
  }

  /**
   * The form has come forward.
   */
  answer(): void {
    this._isPending = false;
  }

  private readonly _controller: PanelController;
  private _count = 0;
  private _isPending = false;
}
