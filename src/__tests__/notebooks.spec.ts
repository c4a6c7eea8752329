import { connected, rung, signedOut } from './answers';
import { FakeKernel, FakePanel, setUp, until } from './fakes';
import { connect, hold } from './holding';

describe('when a connection stands', () => {
  it('the active notebook gets a client, the others do not', async () => {
    const [active, other] = [new FakePanel('a'), new FakePanel('b')];
    const house = setUp(active, other);
    await connect(house);
    await until(() => house.notebooks.current?.rung.state === 'ok');
    expect(active.kernel?.requests).toHaveLength(1);
    expect(other.kernel?.requests).toHaveLength(0);
    expect(house.notebooks.of(other.asPanel)?.rung.state).toBe('unknown');
  });

  it('every notebook gets one, now and later, where that is set', async () => {
    const [active, other] = [new FakePanel('a'), new FakePanel('b')];
    const house = setUp(active, other);
    house.notebooks.policy = 'all';
    await connect(house);
    const later = new FakePanel('c');
    house.tracker.add(later);
    await until(() => later.kernel?.requests.length === 1);
    expect(active.kernel?.requests).toHaveLength(1);
    expect(other.kernel?.requests).toHaveLength(1);
  });

  it('no notebook gets one where that is set', async () => {
    const panel = new FakePanel();
    const house = setUp(panel);
    house.notebooks.policy = 'none';
    await connect(house);
    expect(panel.kernel?.requests).toHaveLength(0);
  });

  it('no notebook gets one that may not use its namespace', async () => {
    const panel = new FakePanel();
    const house = setUp(panel);
    house.server.put(signedOut());
    await house.model.load();
    const [reachable, signedIn] = connected().rungs;
    const authorized = rung('authorized', 'failed', { code: 'forbidden' });
    house.server.put(connected({ rungs: [reachable, signedIn, authorized] }));
    await house.model.connect('work', {});
    expect(panel.kernel?.requests).toHaveLength(0);
  });
});

describe('a notebook that has a client', () => {
  it('gets it again when its kernel restarts', async () => {
    const panel = new FakePanel();
    const house = setUp(panel);
    await connect(house);
    await until(() => house.notebooks.current?.rung.state === 'ok');
    panel.status('restarting');
    expect(house.notebooks.current?.rung.state).toBe('checking');
    panel.status('starting', 'idle');
    await until(() => house.notebooks.current?.rung.state === 'ok');
    panel.sessionContext.kernelChanged.emit({
      oldValue: panel.kernel,
      newValue: panel.kernel
    });
    panel.status('busy', 'idle');
    expect(panel.kernel?.requests).toHaveLength(2);
    expect(house.notebooks.current?.rung.state).toBe('ok');
  });

  it('gets it again when another kernel is chosen', async () => {
    const panel = new FakePanel();
    const house = setUp(panel);
    await connect(house);
    await until(() => house.notebooks.current?.rung.state === 'ok');
    const oldValue = panel.kernel;
    const newValue = new FakeKernel('kernel-2');
    panel.kernel = newValue;
    panel.sessionContext.kernelChanged.emit({ oldValue, newValue });
    panel.status('idle');
    await until(() => newValue.requests.length === 1);
  });

  it('keeps it after the page was loaded anew, over a restart too', async () => {
    const panel = new FakePanel();
    const house = setUp(panel);
    house.server.put(connected());
    house.server.kernels = [
      hold({
        variable: 'client',
        rung: rung('in-notebook', 'ok', { detail: 'live' })
      })
    ];
    await house.model.load();
    expect(house.notebooks.current).toMatchObject({
      variable: 'client',
      connection: 'work',
      rung: { state: 'ok' }
    });
    panel.status('autorestarting');
    expect(house.notebooks.current?.rung.state).toBe('checking');
    panel.status('idle');
    await until(() => panel.kernel?.requests.length === 1);
    expect(panel.kernel?.requests[0].user_expressions.armed).toContain(
      '"work", "client"'
    );
  });

  it('gets it again when its kernel died, of which the server knew first', async () => {
    const panel = new FakePanel();
    const house = setUp(panel);
    house.server.put(connected());
    house.server.kernels = [hold({ variable: 'client' })];
    await house.model.load();
    house.server.kernels = [];
    await house.model.refresh();
    await house.model.refresh();
    panel.status('autorestarting', 'idle');
    await until(() => panel.kernel?.requests.length === 1);
    expect(panel.kernel?.requests[0].user_expressions.armed).toContain(
      '"work", "client"'
    );
  });

  it('does not get again what it gave up before it was restarted', async () => {
    const panel = new FakePanel();
    const house = setUp(panel);
    house.server.put(connected());
    house.server.kernels = [hold()];
    await house.model.load();
    house.server.kernels = [];
    await house.model.refresh();
    panel.status('restarting', 'idle');
    expect(house.notebooks.current?.rung.state).toBe('unknown');
    expect(panel.kernel?.requests).toEqual([]);
  });

  it('gets it before the cells of Restart and run all', async () => {
    const panel = new FakePanel();
    const house = setUp(panel);
    await connect(house);
    await until(() => house.notebooks.current?.rung.state === 'ok');
    panel.status('restarting');
    panel.sessionContext.connectionStatusChanged.emit('connected');
    await until(() => panel.kernel?.requests.length === 2);
    panel.status('starting', 'idle');
    expect(panel.kernel?.requests).toHaveLength(2);
  });

  it('gets each of its clients again, with its own namespace', async () => {
    const panel = new FakePanel();
    const house = setUp(panel);
    house.server.put(connected());
    house.server.put(connected({ name: 'other' }));
    house.server.kernels = [
      hold({ variable: 'kfp_client' }),
      hold({ variable: 'far', connection: 'other', namespace: 'team-z' })
    ];
    await house.model.load();
    expect(house.notebooks.current?.others).toEqual(['far']);
    panel.status('restarting', 'idle');
    await until(() => panel.kernel?.requests.length === 2);
    expect(
      panel.kernel?.requests.map(each => each.user_expressions.armed)
    ).toEqual([
      expect.stringContaining('.arm("work", "kfp_client", None)'),
      expect.stringContaining('.arm("other", "far", "team-z")')
    ]);
  });

  it('shows it, where the usual name is taken and another was chosen', async () => {
    const house = setUp(new FakePanel());
    house.server.put(connected());
    const taken = { code: 'name-taken', detail: 'kfp_client holds a list' };
    const failed = hold({ rung: rung('in-notebook', 'failed', taken) });
    house.server.kernels = [failed];
    await house.model.load();
    expect(house.notebooks.current?.rung.code).toBe('name-taken');
    house.server.kernels = [failed, hold({ variable: 'kfp_client_2' })];
    house.events.emit('kernels');
    await until(() => house.notebooks.current?.rung.state === 'ok');
    expect(house.notebooks.current?.variable).toBe('kfp_client_2');
  });

  it('does not get it again when it was disconnected', async () => {
    const panel = new FakePanel();
    const house = setUp(panel);
    house.server.put(connected());
    const code = 'disconnected';
    house.server.kernels = [
      hold({ rung: rung('in-notebook', 'failed', { code }) })
    ];
    await house.model.load();
    panel.status('restarting', 'idle');
    expect(house.notebooks.current?.rung.state).toBe('failed');
    expect(panel.kernel?.requests).toEqual([]);
  });

  it('has lost it when the server says so, whatever this window did', async () => {
    const panel = new FakePanel();
    const house = setUp(panel);
    house.server.kernels = [hold()];
    await connect(house);
    await until(() => house.notebooks.current?.rung.state === 'ok');
    await until(() => house.server.asked.length > 6);
    house.server.kernels = [];
    house.events.emit('kernels');
    await until(() => house.notebooks.current?.rung.state === 'unknown');
  });

  it('gets a cell that lists experiments in its namespace', async () => {
    const panel = new FakePanel();
    const house = setUp(panel);
    await connect(house);
    await until(() => house.notebooks.current?.rung.state === 'ok');
    house.notebooks.insertCell(panel.asPanel);
    expect(panel.inserted).toMatchObject([
      {
        index: 1,
        source: 'kfp_client.list_experiments(namespace="team-a")'
      }
    ]);
  });
});

describe('a notebook that is on its way', () => {
  it('waits for the cell that runs, and says so', async () => {
    const panel = new FakePanel();
    let finish = () => undefined as void;
    panel.kernel!.answer = () =>
      new Promise(resolve => {
        finish = resolve;
      });
    const house = setUp(panel);
    await connect(house);
    await until(() => panel.kernel?.requests.length === 1);
    expect(house.notebooks.current?.rung.state).toBe('checking');
    finish();
    await until(() => house.notebooks.current?.rung.state === 'ok');
  });

  it('is told when the kernel ends before it answers', async () => {
    const panel = new FakePanel();
    panel.kernel!.answer = () => Promise.reject(new Error('Canceled'));
    const house = setUp(panel);
    await connect(house);
    await until(() => house.notebooks.current?.rung.state === 'failed');
    expect(house.notebooks.current?.rung.remedy?.text).toContain('Restart');
  });

  it('has no kernel: the remedy says to choose one', async () => {
    const house = setUp(new FakePanel('a', null));
    await connect(house);
    await until(() => house.notebooks.current?.rung.state === 'failed');
    expect(house.notebooks.current?.rung.remedy?.text).toContain('Choose');
  });
});

describe('a notebook that is closed', () => {
  it('is forgotten', () => {
    const panel = new FakePanel();
    const { notebooks } = setUp(panel);
    panel.disposed.emit();
    expect(notebooks.items).toEqual([]);
    expect(notebooks.of(panel.asPanel)).toBeNull();
  });
});

describe('a notebook that is renamed', () => {
  it('is called by its new name', async () => {
    const panel = new FakePanel();
    const { notebooks } = setUp(panel);
    const changed = jest.fn();
    notebooks.changed.connect(changed);
    panel.title.label = 'final.ipynb';
    expect(notebooks.current?.label).toBe('final.ipynb');
    expect(changed).toHaveBeenCalled();
  });
});
