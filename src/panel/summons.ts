import type { IKfpConnection, IKfpWaitingCells } from '../tokens';

/**
 * Cells that wait for a sign-in call the form for their connection.
 */
export class Summons {
  /**
   * @param form - where it is shown
   */
  constructor(form: Summons.IForm) {
    this._form = form;
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
   * A cell waits: show the form for its connection. Who is typing in the panel
   * goes on typing there: a note tells of the cell, and leads to the form.
   */
  async call(cell: IKfpWaitingCells.ICell): Promise<void> {
    const { model } = this._form;
    // It may be newer than what was read last.
    await model.refresh();
    const connection = model.connections.find(
      each => each.id === cell.connectionId
    );
    if (connection && !isTyping()) {
      this._count += 1;
      this._isPending = true;
      // What its front door asks for, the server finds out: once for all windows.
      this._form.select(connection.name);
    }
  }

  /**
   * The form has come forward.
   */
  answer(): void {
    this._isPending = false;
  }

  private readonly _form: Summons.IForm;
  private _count = 0;
  private _isPending = false;
}

/**
 * Whether the keyboard is in a field of the panel that is not empty.
 */
function isTyping(): boolean {
  const { activeElement } = document;
  return (
    activeElement instanceof HTMLInputElement &&
    activeElement.matches('.kfp-Panel .kfp-Input') &&
    activeElement.value !== ''
  );
}

/**
 * A namespace for what a call needs.
 */
export namespace Summons {
  /**
   * What can show the form for a connection.
   */
  export interface IForm {
    /** The connections. */
    readonly model: IKfpConnection;

    /** Show a connection. */
    select(name: string): void;
  }
}
