import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Widget } from '@lumino/widgets';
import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';
import plugins, { IKfpConnection } from '..';
import { CommandIDs } from '../commands';
import { FakePanel, FakeServer, FakeTracker } from './fakes';

/** The application, as far as the plugins know it. */
function application() {
  const server = new FakeServer();
  const shell = { add: jest.fn(), activateById: jest.fn() };
  const app = {
    commands: new CommandRegistry(),
    restored: Promise.resolve(),
    shell,
    serviceManager: {
      serverSettings: server.settings,
      connectionFailure: new Signal<any, Error>({})
    }
  };
  return { app: app as any, server, shell };
}

/** A plugin by the second half of its id. */
function plugin(name: string): JupyterFrontEndPlugin<any> {
  return plugins.find(({ id }) => id === `jupyter-kfp-connect:${name}`)!;
}

describe('the plugins', () => {
  it('are five, each with an id, a description and optional services', () => {
    expect(plugins.map(({ id }) => id)).toEqual([
      'jupyter-kfp-connect:model',
      'jupyter-kfp-connect:panel',
      'jupyter-kfp-connect:status',
      'jupyter-kfp-connect:toolbar',
      'jupyter-kfp-connect:commands'
    ]);
    for (const { description, requires = [] } of plugins) {
      expect(description).toBeTruthy();
      expect(requires.filter(token => token !== IKfpConnection)).toEqual([]);
    }
  });

  it('start without status bar, palette, settings and notebooks', async () => {
    const { app, server, shell } = application();
    const model = await plugin('model').activate(app, null, null, null);
    for (const name of ['panel', 'status', 'toolbar', 'commands']) {
      await plugin(name).activate(app, model, null, null);
    }
    expect(shell.add).toHaveBeenCalledTimes(1);
    expect(model.notebooks.items).toEqual([]);
    expect(server.asked).toEqual([]);
    model.dispose();
  });

  it('take the settings, also when they change', async () => {
    const { app } = application();
    const values: { [key: string]: string } = { arm: 'all', variable: 'kfp' };
    const loaded = {
      changed: new Signal<any, void>({}),
      get: (key: string) => ({ composite: values[key] })
    };
    const registry = { load: () => Promise.resolve(loaded) };
    const model = await plugin('model').activate(app, null, registry, null);
    await Promise.resolve();
    await Promise.resolve();
    expect(model.notebooks).toMatchObject({ policy: 'all', variable: 'kfp' });
    values.arm = 'none';
    loaded.changed.emit();
    expect(model.notebooks.policy).toBe('none');
    model.dispose();
  });

  it('show the state in the status bar, and open the panel', async () => {
    const { app, server, shell } = application();
    const model = await plugin('model').activate(app, null, null, null);
    await plugin('commands').activate(app, model, null, null);
    const registered: Widget[] = [];
    const statusBar = {
      registerStatusItem: (_: string, { item }: { item: Widget }) =>
        registered.push(item)
    };
    await plugin('status').activate(app, model, statusBar, null);
    Widget.attach(registered[0], document.body);
    await model.load();
    expect(server.asked.map(({ path }) => path)).toEqual([
      'connections',
      'kernels'
    ]);
    await app.commands.execute(CommandIDs.openPanel);
    expect(shell.activateById).toHaveBeenCalledWith(
      'jupyter-kfp-connect-panel'
    );
    registered[0].dispose();
    model.dispose();
  });

  it('put an item into each notebook’s toolbar', async () => {
    const { app } = application();
    const tracker = new FakeTracker(new FakePanel());
    const model = await plugin('model').activate(app, tracker, null, null);
    await plugin('commands').activate(app, model, null, null);
    const factories: ((panel: any) => Widget)[] = [];
    const registry = {
      addFactory: (factory: string, name: string, make: any) => {
        expect([factory, name]).toEqual(['Notebook', 'kfp-connect']);
        factories.push(make);
      }
    };
    await plugin('toolbar').activate(app, model, registry, null);
    const item = factories[0](tracker.panels[0]);
    expect(item.hasClass('kfp-ToolbarItem')).toBe(true);
    item.dispose();
    model.dispose();
  });

  it('offer each command in the palette, with its arguments described', async () => {
    const { app } = application();
    const model = await plugin('model').activate(app, null, null, null);
    const offered: string[] = [];
    const palette = {
      addItem: ({ command }: { command: string }) => offered.push(command)
    };
    await plugin('commands').activate(app, model, palette, null);
    expect(offered).toEqual(Object.values(CommandIDs));
    for (const id of offered) {
      expect((await app.commands.describedBy(id)).args).toMatchObject({
        type: 'object'
      });
    }
    model.dispose();
  });
});
