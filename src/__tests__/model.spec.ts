import { connected, connection, signedOut } from './answers';
import { setUp, until } from './fakes';

describe('the state of the connections', () => {
  it('is not asked for before somebody looks, and then once', async () => {
    const { server, model } = setUp();
    expect(server.asked).toEqual([]);
    await model.load();
    await model.load();
    expect(server.asked.map(({ path }) => path)).toEqual([
      'connections',
      'kernels'
    ]);
  });

  it('is read again when an event tells of a change', async () => {
    const { server, events, model } = setUp();
    await model.load();
    server.put(connected());
    events.emit();
    await until(() => model.current !== null);
    expect(model.current?.namespace).toBe('team-a');
  });

  it('is read once more for a crowd of events, not once for each', async () => {
    const { server, events, model } = setUp();
    await model.load();
    const before = server.asked.length;
    for (let count = 0; count < 50; count++) {
      events.emit();
    }
    await model.refresh();
    expect(server.asked.length - before).toBeLessThanOrEqual(6);
  });

  it('says why it could not be read, and recovers', async () => {
    const { server, model } = setUp();
    server.answers.set('GET connections', () => 404);
    await model.load();
    expect(model.problem?.message).toContain('no jupyter-kfp-connect');
    server.answers.clear();
    await model.refresh();
    expect(model.problem).toBeNull();
  });

  it('is read again when the Jupyter server is back', async () => {
    const { server, connectionFailure, model } = setUp();
    await model.load();
    server.put(connected());
    connectionFailure.emit(new Error('gone'));
    await until(() => model.current !== null);
    model.dispose();
  });

  it('is read again when the stream of events stands again', async () => {
    const { server, events, model } = setUp();
    await model.load();
    server.put(connected());
    events.opened.emit();
    await until(() => model.current !== null);
    model.dispose();
    expect(events.isDisposed).toBe(true);
  });

  it('says that the server is gone when the stream of events is', async () => {
    const { server, events, model } = setUp();
    await model.load();
    server.answers.set('GET connections', () => 500);
    events.failed.emit();
    await until(() => model.problem !== null);
    model.dispose();
  });

  it('is read again when the page comes back into view', async () => {
    const { server, model } = setUp();
    await model.load();
    server.put(connected());
    document.dispatchEvent(new Event('visibilitychange'));
    await until(() => model.current !== null);
    model.dispose();
  });

  it('is left alone after the end', async () => {
    const { server, events, model } = setUp();
    await model.load();
    const before = server.asked.length;
    model.dispose();
    events.emit();
    expect(server.asked.length).toBe(before);
    expect(model.isDisposed).toBe(true);
  });
});

describe('the connection that is shown', () => {
  it('is none while everything was only detected', async () => {
    const { server, model } = setUp();
    server.put(signedOut({ source: 'detected' }));
    await model.load();
    expect(model.current).toBeNull();
  });

  it('is the default, unless another was chosen', async () => {
    const { server, model } = setUp();
    server.put(connection({ name: 'a' }));
    server.put(connection({ name: 'b' }));
    server.defaultName = 'b';
    await model.load();
    expect(model.current?.name).toBe('b');
    model.select('a');
    expect(model.current?.name).toBe('a');
  });

  it('follows its new name', async () => {
    const { server, model } = setUp();
    server.put(connection({ name: 'a' }));
    server.put(connection({ name: 'z' }));
    await model.load();
    model.select('z');
    server.answers.set('PUT connections/z', () => {
      server.connections = [
        connection({ name: 'a' }),
        connection({ name: 'y' })
      ];
      return connection({ name: 'y' });
    });
    await model.save('z', { name: 'y' });
    expect(model.current?.name).toBe('y');
  });
});

describe('connecting', () => {
  it('sends the password in one message and keeps it nowhere', async () => {
    const { server, model } = setUp();
    server.put(signedOut());
    await model.load();
    server.answers.set('POST connections/work/connect', () => connected());
    await model.connect('work', { username: 'jane', password: 's3cr3t' });
    const holding = server.asked.filter(asked =>
      JSON.stringify(asked).includes('s3cr3t')
    );
    expect(holding).toHaveLength(1);
    expect(everythingIn(model)).not.toContain('s3cr3t');
  });

  it('is busy from the press on, before any event', async () => {
    const { server, model } = setUp();
    server.put(signedOut());
    await model.load();
    let answer = () => undefined as void;
    server.answers.set(
      'POST connections/work/connect',
      () =>
        new Promise(resolve => {
          answer = () => resolve(connected());
        })
    );
    const connecting = model.connect('work', {});
    expect(model.busySince('work')).toBeInstanceOf(Date);
    await until(() => server.changes.length === 1);
    answer();
    await connecting;
    expect(model.busySince('work')).toBeNull();
  });

  it('waits for a climb that outlives its request', async () => {
    const { server, events, model } = setUp();
    server.put(signedOut());
    await model.load();
    const reached: string[] = [];
    model.connected.connect((_, { name }) => reached.push(name));
    server.answers.set('POST connections/work/connect', () => {
      server.put(signedOut({ busy: true }));
      return signedOut({ busy: true });
    });
    const connecting = model.connect('work', {});
    await until(() => model.current?.busy === true);
    expect(reached).toEqual([]);
    server.put(connected());
    events.emit();
    expect((await connecting).signed_in_as).toBe('jane@example.com');
    expect(reached).toEqual(['work']);
  });

  it('tells nobody of a connection that was not reached', async () => {
    const { server, model } = setUp();
    server.put(signedOut());
    await model.load();
    const reached = jest.fn();
    model.connected.connect(reached);
    await model.connect('work', {});
    expect(reached).not.toHaveBeenCalled();
  });

  it('to the sandbox goes as far as its sign-in', async () => {
    const { server, model } = setUp();
    const sandbox = signedOut({ name: 'sandbox', source: 'sandbox' });
    server.answers.set('POST sandbox', () => {
      server.put(connection({ name: 'sandbox', source: 'sandbox' }));
      return server.connections[0];
    });
    server.answers.set('POST connections/sandbox/connect', () => {
      server.put(sandbox);
      return sandbox;
    });
    await model.startSandbox();
    expect(model.current?.sign_in?.kind).toBe('password');
  });
});

/**
 * Whatever can be reached from an object, as text.
 */
function everythingIn(root: object): string {
  const seen = new Set<unknown>();
  const texts: string[] = [];
  const walk = (value: unknown): void => {
    if (typeof value === 'string') {
      texts.push(value);
    } else if (typeof value === 'object' && value && !seen.has(value)) {
      seen.add(value);
      // The fake server remembers what it was asked, as a server may not.
      if (value.constructor.name !== 'KfpApi') {
        Object.values(value).forEach(walk);
        if (value instanceof Map || value instanceof Set) {
          [...value].forEach(walk);
        }
      }
    }
  };
  walk(root);
  return texts.join('\n');
}
