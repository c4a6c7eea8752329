import {
  act,
  fireEvent,
  screen,
  waitFor,
  within
} from '@testing-library/react';
import type { IOverview } from '../_contract';
import { type Run, runNote, runTone } from '../panel/runtexts';
import { connected } from './answers';
import { trans } from './fakes';
import { open } from './panel';

const NOW = new Date(2026, 10, 24, 14, 5).getTime();

const NAMESPACES = [
  { namespace: 'team-a', role: 'owner' },
  { namespace: 'team-b', role: 'contributor' }
];

/** A run as the server tells of it. */
function run(rest: Partial<Run> = {}): Run {
  return {
    id: rest.name ?? 'train-resnet',
    name: 'train-resnet',
    state: 'RUNNING',
    created_at: new Date(NOW - 180_000).toISOString(),
    finished_at: null,
    url: 'https://kubeflow.example.com/_/pipeline/#/runs/details/1',
    ...rest
  };
}

/** What is going on in a namespace. */
function overview(rest: Partial<IOverview> = {}): IOverview {
  return {
    namespaces: NAMESPACES,
    experiments: [],
    runs: [run(), run({ name: 'nightly-eval', state: 'FAILED' })],
    links: { ui: 'https://kf.example.com/ui', experiments: null, runs: null },
    ...rest
  };
}

/** The panel in view, connected. */
async function look(answer: () => unknown = overview) {
  const house = await open(connected({ namespaces: NAMESPACES }));
  house.server.answers.set('GET connections/work/overview', answer);
  const asked = () =>
    house.server.asked.filter(({ path }) => path.endsWith('overview')).length;
  await act(async () => {
    house.controller.isVisible = true;
  });
  return { ...house, asked };
}

describe('recent runs', () => {
  it('are listed with their state in words, and lead to their pages', async () => {
    await look();
    const link = await screen.findByRole('link', { name: 'train-resnet' });
    expect(link).toHaveAttribute('href', expect.stringContaining('/runs/'));
    expect(screen.getByText('failed')).toBeVisible();
    expect(screen.getByRole('link', { name: /Open UI/ })).toHaveAttribute(
      'href',
      'https://kf.example.com/ui'
    );
  });

  it('are asked for once, while the panel is in view, and on a press', async () => {
    const { asked, user, controller, events } = await look();
    await screen.findByText('train-resnet');
    await act(async () => {
      controller.isVisible = false;
      events.emit();
    });
    await act(async () => {
      controller.isVisible = true;
    });
    expect(asked()).toBe(1);
    expect(screen.getByText(/^As of .*\d:\d\d/)).toBeVisible();
    await user.click(screen.getByRole('button', { name: /Look again/ }));
    await waitFor(() => expect(asked()).toBe(2));
  });

  it('are not asked for by a panel that nobody sees', async () => {
    const { server } = await open(connected());
    expect(server.asked.map(({ path }) => path)).not.toContain(
      'connections/work/overview'
    );
  });

  it('that cannot be read say why, and leave the rest alone', async () => {
    await look(() => ({
      error: {
        code: 'forbidden',
        message: 'may not list runs in team-a',
        remedy: 'An owner grants it.',
        retryable: false
      }
    }));
    expect(await screen.findByText(/may not list runs/)).toBeVisible();
    expect(screen.getByText('Disconnect')).toBeVisible();
  });

  it('are told to be none where there are none', async () => {
    await look(() => overview({ runs: [] }));
    expect(await screen.findByText(/^None in team-a at /)).toBeVisible();
  });
});

describe('the namespace', () => {
  it('is chosen from those the user has, with the role, in one call', async () => {
    const { server } = await look();
    const choice = screen.getByRole('combobox', { name: 'Namespace' });
    expect(
      await within(choice).findByRole('option', { name: 'team-a · owner' })
    ).toBeInTheDocument();
    fireEvent.change(choice, { target: { value: 'team-b' } });
    await waitFor(() => expect(server.changes).toHaveLength(1));
    expect(server.changes).toMatchObject([
      { method: 'PUT', path: 'connections/work', body: { namespace: 'team-b' } }
    ]);
  });

  it('may be one that is not listed', async () => {
    const { server, user } = await look();
    const choice = screen.getByRole('combobox', { name: 'Namespace' });
    fireEvent.change(choice, { target: { value: '*' } });
    const field = screen.getByRole('textbox', { name: 'Namespace' });
    await user.clear(field);
    await user.type(field, 'team-c{Enter}');
    await waitFor(() =>
      expect(server.changes[0].body).toEqual({ namespace: 'team-c' })
    );
  });
});

describe('a run in a few words', () => {
  const yesterday = new Date(NOW - 86_400_000).toISOString();
  it.each([
    [run(), 'running 3 min', 'busy'],
    [run({ created_at: yesterday }), 'running 24 h', 'busy'],
    [run({ state: 'PENDING' }), 'pending', 'busy'],
    [run({ state: 'FAILED' }), 'failed', 'bad'],
    [run({ state: 'CANCELED' }), 'canceled', 'idle'],
    [run({ state: 'SKIPPED' }), 'skipped', 'idle'],
    [run({ state: 'PAUSED' }), 'paused', 'idle'],
    [run({ state: 'ODD' }), 'unknown', 'idle']
  ])('%# says what it does', (run, note, tone) => {
    expect([runNote(run, NOW, trans), runTone(run)]).toEqual([note, tone]);
  });

  it('says when it succeeded', () => {
    const today = new Date(2026, 10, 24, 2, 0).toISOString();
    const done = (finished_at: string | null) =>
      runNote(
        run({ state: 'SUCCEEDED', finished_at, created_at: null }),
        NOW,
        trans
      );
    expect(done(today)).toMatch(/^today 0?2:00/);
    expect(done(yesterday)).toContain('23');
    expect(done(null)).toBe('succeeded');
  });
});
