import type { IRung } from '../_contract';
import { isSandbox, shortHost } from '../connections';
import { notebookLabel, statusLabel, whoActs } from '../texts';
import { connected, connection, remedy, rung, signedOut } from './answers';
import { FakePanel, setUp, trans } from './fakes';

describe('who acts', () => {
  const by = (text: string, actor: IRung['actor'] = 'you') =>
    whoActs(
      rung('signed-in', 'failed', { remedy: remedy(text), actor }),
      trans
    );

  it('is you, unless others have a step before yours', () => {
    expect(by('Type it again.')).toBe('You can mend this.');
    expect(
      by('An owner, once: Apply it. You, after that: Connect.')
    ).toBeNull();
  });

  it('is said once, where the remedy begins with it', () => {
    const owner = 'namespace owner';
    expect(by('Try later.', 'administrator')).toMatch(/^An administrator/);
    expect(by('An administrator has to allow it.', 'administrator')).toBeNull();
    expect(by('Nobody may. An owner of x applies it.', owner)).toMatch(/owner/);
    expect(by('An owner of x adds you.', owner)).toBeNull();
  });
});

describe('the status bar', () => {
  const broken = (
    name: 'reachable' | 'signed-in' | 'authorized',
    code: string
  ) => {
    const rungs = connected().rungs.map(each =>
      each.rung === name ? rung(name, 'failed', { code }) : each
    );
    return connected({ rungs: rungs as any });
  };

  it.each([
    ['nothing is set up', [], 'KFP: connect', 'idle'],
    ['nothing was tried', [connection()], 'KFP: connect', 'idle'],
    ['all rungs hold', [connected()], 'KFP: Work · team-a', 'ok'],
    ['a sign-in runs', [broken('signed-in', 'x')], 'KFP: not signed in', 'bad'],
    ['a sign-in is needed', [signedOut()], 'KFP: sign in', 'busy'],
    [
      'a session has ended',
      [broken('signed-in', 'session-over')],
      'KFP: not signed in',
      'bad'
    ],
    [
      'a sign-in is under way',
      [signedOut({ busy: true })],
      'KFP: signing in…',
      'busy'
    ],
    [
      'the host is looked for',
      [connection({ busy: true })],
      'KFP: connecting…',
      'busy'
    ],
    [
      'nothing answers',
      [broken('reachable', 'connection-refused')],
      'KFP: not reachable',
      'bad'
    ],
    [
      'the namespace is forbidden',
      [broken('authorized', 'forbidden')],
      'KFP: not authorized',
      'bad'
    ]
  ])('when %s says so', async (_, connections, text, tone) => {
    const { server, model } = setUp();
    connections.forEach(each => server.put(each));
    await model.load();
    expect(statusLabel(model, trans)).toMatchObject({ text, tone });
  });
});

describe('the notebook’s toolbar', () => {
  it('says in words what its colour says', async () => {
    const panel = new FakePanel();
    const { server, model, notebooks } = setUp(panel);
    const label = () => notebookLabel(notebooks.of(panel.asPanel), trans);
    server.put(connected());
    await model.load();
    expect(label()).toMatchObject({ text: 'KFP', tone: 'idle' });
    const putting = notebooks.put(panel.asPanel);
    expect(label()).toMatchObject({ text: 'on its way…', tone: 'busy' });
    await putting;
    expect(label()).toMatchObject({ text: 'kfp_client', tone: 'ok' });
    panel.kernel!.language = 'R';
    await notebooks.put(panel.asPanel);
    expect(label()).toMatchObject({ tone: 'bad' });
    expect(label().description).toContain('runs R');
  });
});

describe('what the status item tells those who look closer', () => {
  it('is as whom, where and in which namespace', () => {
    const { model, server } = setUp();
    server.put(connected());
    return model.load().then(() => {
      const { description } = statusLabel(model, trans);
      const { signed_in_as: user, host } = connected();
      expect(description).toContain(`as ${user}`);
      expect(description).toContain(shortHost(host));
    });
  });

  it('knows a sandbox that was typed by its address', () => {
    expect(isSandbox(connected({ kfp_version: 'sandbox' }))).toBe(true);
    expect(isSandbox(connected())).toBe(false);
  });
});
