import '@testing-library/jest-dom';
import { act, fireEvent, screen } from '@testing-library/react';
import { CommandRegistry } from '@lumino/commands';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import { addCommands } from '../commands';
import { PanelController } from '../panel/controller';
import { KfpPanel } from '../panel/widget';
import { KfpStatusItem } from '../statusbar';
import { KfpToolbarItem } from '../toolbar';
import { connected } from './answers';
import { FakePanel, setUp, trans } from './fakes';

/** Put a widget on the page. */
async function attach(widget: Widget): Promise<void> {
  await act(async () => {
    Widget.attach(widget, document.body);
    MessageLoop.flush();
  });
}

describe('the item in the status bar', () => {
  it('tells the state, marks the sandbox, and opens the panel', async () => {
    const { server, model } = setUp();
    const openPanel = jest.fn();
    const item = new KfpStatusItem({ model, trans, openPanel });
    await attach(item);
    const button = screen.getByRole('button');
    expect(button).toHaveAccessibleName('Kubeflow Pipelines: connect');
    server.put(connected({ name: 'sandbox', source: 'sandbox', title: 'Try' }));
    await act(() => model.load());
    expect(button).toHaveTextContent('KFP: Try · team-asandbox');
    fireEvent.click(button);
    expect(openPanel).toHaveBeenCalledTimes(1);
    act(() => item.dispose());
  });
});

describe('the item in a notebook’s toolbar', () => {
  it('tells the state and opens a menu of what can be done', async () => {
    const panel = new FakePanel();
    const { server, model, notebooks } = setUp(panel);
    const commands = new CommandRegistry();
    const shell = { activateById: jest.fn() };
    addCommands({ app: { commands, shell } as any, model, trans });
    const item = new KfpToolbarItem({
      model,
      panel: panel.asPanel,
      commands,
      trans
    });
    await attach(item);
    server.put(connected());
    await act(() => model.load());
    await act(async () => {
      await notebooks.put(panel.asPanel);
    });
    const button = screen.getByRole('button');
    expect(button).toHaveTextContent('kfp_client');
    expect(button).toHaveAccessibleName(/kfp_client is ready/);
    expect(button).toHaveAttribute('aria-haspopup', 'menu');
    await act(async () => {
      fireEvent.click(button);
      MessageLoop.flush();
    });
    const labels = [...document.querySelectorAll('.lm-Menu-itemLabel')];
    expect(labels.map(label => label.textContent).filter(Boolean)).toEqual([
      'Put it here',
      'Insert cell',
      'Disconnect',
      'Open panel'
    ]);
    act(() => item.dispose());
    expect(document.querySelector('.lm-Menu')).toBeNull();
  });
});

describe('the panel in the side bar', () => {
  it('asks for nothing until it is seen', async () => {
    const { server, model } = setUp();
    const controller = new PanelController({
      model,
      trans,
      openSettings: null
    });
    const panel = new KfpPanel(controller);
    panel.hide();
    await attach(panel);
    expect(server.asked).toEqual([]);
    await act(async () => {
      panel.show();
      MessageLoop.flush();
      await model.load();
    });
    expect(await screen.findByText('Where is your Kubeflow?')).toBeVisible();
    act(() => panel.dispose());
  });
});
