import '@testing-library/jest-dom';
import { act, render, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';
import type { IConnection } from '../_contract';
import { PanelController } from '../panel/controller';
import PanelView from '../panel/view';
import { FakePanel, setUp, trans } from './fakes';

/**
 * The panel as a person opens it.
 */
export async function open(...connections: IConnection[]) {
  const house = setUp(
    new FakePanel('train.ipynb'),
    new FakePanel('explore.ipynb')
  );
  connections.forEach(each => house.server.put(each));
  const controller = new PanelController({
    model: house.model,
    trans,
    openSettings: jest.fn()
  });
  const view = render(
    <div className="kfp-Panel">
      <PanelView controller={controller} />
    </div>
  );
  await act(async () => controller.open());
  await waitFor(() => expect(house.model.isLoaded).toBe(true));
  return { ...house, controller, view, user: userEvent.setup() };
}
