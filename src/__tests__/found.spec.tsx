import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { connected, remedy, rung } from './answers';
import { open } from './panel';

const NAMESPACES = [
  { namespace: 'team-a', role: 'owner' },
  { namespace: 'team-b', role: 'owner' }
];
const IN_TEAM_B = [
  { method: 'PUT', path: 'connections/work', body: { namespace: 'team-b' } }
];

describe.each(['user', 'detected', 'sandbox'] as const)(
  'the namespace of a connection from %s',
  source => {
    it('can be chosen where one is needed', async () => {
      const [reachable, signedIn] = connected().rungs;
      const needed = rung('authorized', 'failed', {
        code: 'namespace-needed',
        detail: 'no namespace is chosen; yours are team-a, team-b',
        remedy: remedy('Choose the namespace to work in.')
      });
      const { server, user } = await open(
        connected({
          source,
          namespace: null,
          namespaces: NAMESPACES,
          rungs: [reachable, signedIn, needed]
        })
      );
      fireEvent.change(screen.getByRole('combobox', { name: 'Namespace' }), {
        target: { value: 'team-b' }
      });
      await user.click(
        screen.getByRole('button', { name: 'Use this namespace' })
      );
      await waitFor(() => expect(server.changes).toEqual(IN_TEAM_B));
    });

    it('can be changed where one is in use', async () => {
      const { server } = await open(
        connected({ source, namespace: null, namespaces: NAMESPACES })
      );
      fireEvent.change(screen.getByRole('combobox', { name: 'Namespace' }), {
        target: { value: 'team-b' }
      });
      await waitFor(() => expect(server.changes).toEqual(IN_TEAM_B));
    });

    it('can be typed, and the user name too', async () => {
      const { server, user } = await open(
        connected({ source, namespace: null })
      );
      await user.click(screen.getByRole('button', { name: /Edit/ }));
      await user.type(screen.getByLabelText('User name'), 'jane');
      await user.type(screen.getByLabelText('Namespace'), 'team-b{Enter}');
      await waitFor(() =>
        expect(server.changes).toEqual([
          {
            method: 'PUT',
            path: 'connections/work',
            body: { username: 'jane', namespace: 'team-b' }
          }
        ])
      );
    });
  }
);

it('is chosen without taking away a form that was opened meanwhile', async () => {
  const { server, user } = await open(
    connected({ namespace: null, namespaces: NAMESPACES })
  );
  let save: (saved: unknown) => void = () => undefined;
  server.answers.set(
    'PUT connections/work',
    () => new Promise(resolve => (save = resolve))
  );
  fireEvent.change(screen.getByRole('combobox', { name: 'Namespace' }), {
    target: { value: 'team-b' }
  });
  await waitFor(() => expect(server.changes).toEqual(IN_TEAM_B));
  await user.click(screen.getByRole('button', { name: /Edit/ }));
  await user.type(screen.getByLabelText('Title'), '!');
  const saved = connected({ namespace: 'team-b', namespaces: NAMESPACES });
  await act(async () => save(saved));
  expect(screen.getByLabelText('Namespace')).toHaveValue('team-b');
  expect(screen.getByLabelText<HTMLInputElement>('Title').value).toMatch(/!$/);
});
