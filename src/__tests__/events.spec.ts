import { STATE_EVENT, ServerEvents } from '../events';
import { FakeServer, FakeSocket } from './fakes';

/** The events of a Jupyter server, and what was heard of them. */
function listen() {
  FakeSocket.made.length = 0;
  const events = new ServerEvents(new FakeServer().settings);
  const heard: string[] = [];
  events.told.connect((_, { kind }) => heard.push(kind));
  events.opened.connect(() => heard.push('opened'));
  events.failed.connect(() => heard.push('failed'));
  return { events, heard };
}

/** Let promises settle, then let time pass. */
async function pass(milliseconds: number): Promise<void> {
  await jest.advanceTimersByTimeAsync(milliseconds);
}

/** The socket in use. */
function socket(): FakeSocket {
  return FakeSocket.made[FakeSocket.made.length - 1];
}

describe('the stream of events', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('tells of ours, and of no other extension’s', async () => {
    const { events, heard } = listen();
    await pass(10);
    socket().onopen();
    for (const schema_id of [STATE_EVENT, 'https://example.com/other/v1']) {
      const data = JSON.stringify({ schema_id, kind: 'kernels' });
      socket().onmessage({ data });
    }
    expect(heard).toEqual(['opened', 'kernels']);
    expect(socket().url).toContain('api/events/subscribe');
    events.dispose();
  });

  it('comes back within a second, and says so', async () => {
    const { events, heard } = listen();
    await pass(10);
    socket().onopen();
    socket().onclose();
    await pass(1000);
    socket().onopen();
    expect(heard).toEqual(['opened', 'opened']);
    expect(FakeSocket.made).toHaveLength(2);
    events.dispose();
  });

  it('says that it stands where the first try was refused', async () => {
    const { events, heard } = listen();
    await pass(10);
    socket().onclose();
    await pass(3000);
    socket().onopen();
    expect(heard).toEqual(['failed', 'opened']);
    events.dispose();
  });

  it('says once that it does not come back, and goes on trying', async () => {
    const { events, heard } = listen();
    await pass(10);
    socket().onopen();
    socket().onclose();
    for (let count = 0; count < 3; count++) {
      await pass(3000);
      socket().onclose();
    }
    expect(heard).toEqual(['opened', 'failed']);
    await pass(10000);
    socket().onopen();
    expect(heard).toEqual(['opened', 'failed', 'opened']);
    events.dispose();
  });

  it('is closed at the end, and stays so', async () => {
    const { events, heard } = listen();
    await pass(10);
    socket().onopen();
    events.dispose();
    await pass(20000);
    expect(FakeSocket.made).toHaveLength(1);
    expect(heard).toEqual(['opened']);
    expect(events.isDisposed).toBe(true);
  });
});
