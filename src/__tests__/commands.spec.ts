import { Notification } from '@jupyterlab/apputils';
import { CommandRegistry } from '@lumino/commands';
import { CommandIDs, PANEL_ID, addCommands } from '../commands';
import { connected, connection, signedOut } from './answers';
import { FakePanel, setUp, trans, until } from './fakes';

/** The commands on a fake application. */
function commands(...panels: FakePanel[]) {
  const house = setUp(...panels);
  const registry = new CommandRegistry();
  const shell = { activateById: jest.fn() };
  const app: any = { commands: registry, shell };
  addCommands({ app, model: house.model, trans });
  return { ...house, registry, shell };
}

describe('the command', () => {
  it('to connect connects, and puts a client in the active notebook', async () => {
    const panel = new FakePanel();
    const { server, registry, shell } = commands(panel);
    server.put(connection());
    server.answers.set('POST connections/work/connect', () => connected());
    await registry.execute(CommandIDs.connect);
    await until(() => panel.kernel?.requests.length === 1);
    expect(shell.activateById).not.toHaveBeenCalled();
  });

  it('to connect opens the panel where a sign-in is needed', async () => {
    const { server, registry, shell } = commands();
    server.put(connection());
    server.answers.set('POST connections/work/connect', () => signedOut());
    await registry.execute(CommandIDs.connect);
    expect(shell.activateById).toHaveBeenCalledWith(PANEL_ID);
  });

  it('to connect opens the panel where nothing is set up', async () => {
    const { registry, shell } = commands();
    await registry.execute(CommandIDs.connect);
    expect(shell.activateById).toHaveBeenCalledWith(PANEL_ID);
  });

  it('to connect says why its request was refused', async () => {
    const { server, registry } = commands();
    const said = jest.spyOn(Notification, 'error').mockReturnValue('');
    server.put(connection());
    server.answers.set('POST connections/work/connect', () => 404);
    await registry.execute(CommandIDs.connect);
    expect(said).toHaveBeenCalledWith(expect.stringContaining('Install'));
  });

  it('to disconnect is there only while connected', async () => {
    const { server, model, registry } = commands();
    expect(registry.isEnabled(CommandIDs.disconnect)).toBe(false);
    server.put(connected());
    await model.load();
    expect(registry.isEnabled(CommandIDs.disconnect)).toBe(true);
    server.answers.set('POST connections/work/disconnect', () => connection());
    await registry.execute(CommandIDs.disconnect);
    expect(registry.isEnabled(CommandIDs.disconnect)).toBe(false);
  });

  it('to put a client here asks for a notebook and a connection', async () => {
    const panel = new FakePanel();
    const { server, model, registry } = commands(panel);
    expect(registry.isEnabled(CommandIDs.putHere)).toBe(false);
    server.put(connected());
    await model.load();
    await registry.execute(CommandIDs.putHere);
    expect(panel.kernel?.requests).toHaveLength(1);
  });

  it('to insert a cell inserts it in the active notebook', async () => {
    const panel = new FakePanel();
    const { registry } = commands(panel);
    await registry.execute(CommandIDs.insertCell);
    expect(panel.inserted).toMatchObject([
      { source: 'kfp_client.list_experiments()' }
    ]);
  });

  it('has a short label in the toolbar’s menu', () => {
    const { registry } = commands();
    for (const id of [CommandIDs.disconnect, CommandIDs.putHere]) {
      const short = registry.label(id, { short: true });
      expect(short.length).toBeLessThan(registry.label(id).length);
    }
  });
});
