import React from 'react';
import type { IKfpWaitingCells } from '../tokens';
import { Action } from './buttons';
import { useController } from './context';

/**
 * The cells that wait for a sign-in, each with a way to let it be.
 */
export function WaitingNotes(): JSX.Element {
  const { model } = useController();
  return (
    <>
      {model.waiting.items.map(cell => (
        <Note key={cell.id} cell={cell} />
      ))}
    </>
  );
}

/**
 * One cell: which notebook it is in, and what it waits for.
 */
function Note(props: { cell: IKfpWaitingCells.ICell }): JSX.Element {
  const { id, kernelId, connectionId } = props.cell;
  const controller = useController();
  const { trans, model } = controller;
  const notebook = model.notebooks.items.find(
    each => each.kernelId === kernelId
  );
  const wanted = model.connections.find(each => each.id === connectionId);
  const isShown =
    wanted !== undefined &&
    wanted === model.current &&
    controller.screen === 'main';
  const where = notebook?.label ?? trans.__('a notebook');
  const what = wanted?.title || wanted?.name || '';
  return (
    <div className="kfp-Waiting">
      <p role="status">
        {isShown
          ? trans.__('A cell of %1 waits for this sign-in.', where)
          : trans.__('A cell of %1 waits for a sign-in to %2.', where, what)}
      </p>
      <div className="kfp-Row">
        {wanted && !isShown && (
          <Action onClick={() => controller.select(wanted.name)}>
            {trans.__('Show the form')}
          </Action>
        )}
        <Action onClick={() => void model.waiting.cancel(id)}>
          {trans.__('Cancel')}
        </Action>
      </div>
    </div>
  );
}
