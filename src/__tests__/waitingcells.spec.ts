import { connected, signedOut } from './answers';
import { FakeKernel, FakePanel, setUp, until } from './fakes';

/** A window with one notebook, and a cell of it that asks for a sign-in. */
async function asked(kernelId = 'kernel-1') {
  const panel = new FakePanel();
  const house = setUp(panel);
  house.server.put(signedOut());
  await house.model.load();
  const wanted: string[] = [];
  house.model.waiting.wanted.connect((_, { id }) => wanted.push(id));
  const told = {
    sign_in: 'wait-1',
    connection: 'work',
    connection_id: 'id-work',
    kernel_id: kernelId
  };
  house.events.emit('sign-in-wanted', told);
  const said = () =>
    house.server.changes
      .filter(({ path }) => path === 'sign-ins/wait-1')
      .map(({ body }) => body.action);
  return { ...house, panel, wanted, told, said };
}

describe('a cell that waits for a sign-in', () => {
  it('is answered at once by the window that has its kernel open', async () => {
    const { model, wanted, said } = await asked();
    await until(() => wanted.length === 1);
    expect(said()).toEqual(['seen']);
    expect(model.waiting.items).toEqual([
      { id: 'wait-1', connectionId: 'id-work', kernelId: 'kernel-1' }
    ]);
  });

  it('is no business of other windows', async () => {
    const { model, wanted, said } = await asked('elsewhere');
    await model.refresh();
    expect(said()).toEqual([]);
    expect(wanted).toEqual([]);
    expect(model.waiting.items).toEqual([]);
  });

  it('waits no longer once it has ended, in whatever window', async () => {
    const { model, events, wanted, told, said } = await asked();
    await until(() => wanted.length === 1);
    events.emit('sign-in-ended', told);
    expect(model.waiting.items).toEqual([]);
    expect(said()).toEqual(['seen']);
  });

  it('is cancelled by a press', async () => {
    const { model, wanted, said } = await asked();
    await until(() => wanted.length === 1);
    await model.waiting.cancel('wait-1');
    expect(said()).toEqual(['seen', 'cancel']);
    expect(model.waiting.items).toEqual([]);
  });

  it('is left when its notebook is closed', async () => {
    const { model, panel, wanted, said } = await asked();
    await until(() => wanted.length === 1);
    panel.disposed.emit();
    await until(() => said().length === 2);
    expect(said()).toEqual(['seen', 'left']);
    expect(model.waiting.items).toEqual([]);
  });

  it('is left when its notebook gets another kernel', async () => {
    const { panel, wanted, said } = await asked();
    await until(() => wanted.length === 1);
    const oldValue = panel.kernel;
    panel.kernel = new FakeKernel('kernel-2');
    panel.sessionContext.kernelChanged.emit({
      oldValue,
      newValue: panel.kernel
    });
    await until(() => said().length === 2);
    expect(said()).toEqual(['seen', 'left']);
  });

  it('is left when the window is closed, by a request that outlives it', async () => {
    const { server, wanted, said } = await asked();
    await until(() => wanted.length === 1);
    const fetched = jest.spyOn(server.settings, 'fetch');
    window.dispatchEvent(new Event('pagehide'));
    const [request] = fetched.mock.calls[0] as [Request];
    expect(request.keepalive).toBe(true);
    await until(() => said().length === 2);
    expect(said()).toEqual(['seen', 'left']);
  });

  it('is answered again when another window has left, without a second form', async () => {
    const { events, told, wanted, said } = await asked();
    await until(() => wanted.length === 1);
    events.emit('sign-in-wanted', told);
    await until(() => said().length === 2);
    expect(said()).toEqual(['seen', 'seen']);
    expect(wanted).toEqual(['wait-1']);
  });

  it('whose end was missed is found out when the events are back', async () => {
    const { server, events, model, wanted } = await asked();
    await until(() => wanted.length === 1);
    server.answers.set('POST sign-ins/wait-1', () => 400);
    events.opened.emit();
    await until(() => model.waiting.items.length === 0);
  });

  it('goes on waiting while the sign-in fails', async () => {
    const { server, model, wanted } = await asked();
    await until(() => wanted.length === 1);
    await model.connect('work', { username: 'jane', password: 'wrong' });
    expect(model.waiting.items).toHaveLength(1);
    server.put(connected());
    await model.refresh();
    expect(model.waiting.items).toHaveLength(1);
  });
});
