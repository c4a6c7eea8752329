import { Signal } from '@lumino/signaling';
import { KfpNotebooks } from '../notebooks';
import { rung } from './answers';
import { FakeKernel, FakePanel, setUp, trans, until } from './fakes';
import { connect, hold } from './holding';

describe('a kernel that cannot tell by itself', () => {
  it('is told of by the window, and every window reads it', async () => {
    const panel = new FakePanel();
    panel.kernel!.expressions.armed = {
      status: 'error',
      ename: 'ModuleNotFoundError',
      evalue: "No module named 'jupyter_kfp_connect'"
    };
    const house = setUp(panel);
    const code = 'package-missing';
    house.server.answers.set('POST kernels/kernel-1', () => {
      const failed = rung('in-notebook', 'failed', { code, detail: 'told' });
      house.server.kernels = [hold({ rung: failed })];
      return 204;
    });
    await connect(house);
    await until(() => house.notebooks.current?.rung.detail === 'told');
    expect(
      house.server.changes.find(({ path }) => path === 'kernels/kernel-1')
    ).toMatchObject({ body: { code, python: '/opt/env/bin/python' } });
  });

  it('is told of in this window even where the server may not hear of it', async () => {
    const panel = new FakePanel();
    panel.kernel!.expressions.armed = {
      status: 'error',
      ename: 'ModuleNotFoundError',
      evalue: "No module named 'jupyter_kfp_connect'"
    };
    const house = setUp(panel);
    house.server.answers.set('POST kernels/kernel-1', () => 403);
    await connect(house);
    await until(() => house.notebooks.current?.rung.state === 'failed');
    expect(house.notebooks.current?.rung.remedy?.copy).toContain('pip install');
  });
});

describe('a kernel of another language', () => {
  it('is left alone', async () => {
    const panel = new FakePanel('a', new FakeKernel('kernel-1', 'R'));
    const house = setUp(panel);
    await connect(house);
    await until(() => house.notebooks.current?.language === 'R');
    expect(house.notebooks.current?.rung.state).toBe('unknown');
    expect(panel.kernel?.requests).toEqual([]);
    expect(house.server.changes.map(({ path }) => path)).toEqual([
      'connections/work/connect'
    ]);
  });
});

describe('a console', () => {
  it('is listed, and gets a client, like a notebook', async () => {
    const house = setUp(new FakePanel('a', new FakeKernel('other')));
    const [console_] = [new FakePanel('Console 1')];
    house.consoles.add(console_);
    await connect(house);
    await until(() => house.notebooks.current?.rung.state === 'ok');
    expect(house.notebooks.current).toMatchObject({
      label: 'Console 1',
      notebook: null,
      kernelId: 'kernel-1'
    });
    expect(console_.kernel?.requests).toHaveLength(1);
  });

  it('is not in front only because it was opened last', async () => {
    const notebook = new FakePanel('a');
    const house = setUp(notebook);
    const shell = {
      currentWidget: notebook,
      currentChanged: new Signal<any, any>({})
    };
    const notebooks = new KfpNotebooks({
      model: house.model,
      notebooks: house.tracker as unknown as KfpNotebooks.ITracker,
      consoles: house.consoles as unknown as KfpNotebooks.ITracker,
      shell: shell as any,
      report: async () => undefined,
      trans
    });
    const opened = new FakePanel('Console 1', new FakeKernel('kernel-2'));
    house.consoles.add(opened);
    expect(notebooks.current?.label).toBe('a');
    shell.currentChanged.emit({ newValue: opened });
    expect(notebooks.current?.label).toBe('Console 1');
    // The panel itself, or a text file, takes nothing from it.
    shell.currentChanged.emit({ newValue: null });
    expect(notebooks.current?.label).toBe('Console 1');
    notebooks.dispose();
  });
});
