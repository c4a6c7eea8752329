import {
  act,
  fireEvent,
  screen,
  waitFor,
  within
} from '@testing-library/react';
import type { IConnection, IRung } from '../_contract';
import { connected, remedy, rung, signedOut } from './answers';
import { open } from './panel';

/** What the server answers to a field that it does not take. */
function against(field: string, what: string) {
  return () => ({
    error: {
      code: 'bad-request',
      message: `${field}: ${what}`,
      remedy: 'Type it anew.',
      retryable: false
    }
  });
}

/** A connection whose third rung does not hold. */
function without(
  code: string,
  rest: Partial<IConnection> = {},
  more: Partial<IRung> = {}
): IConnection {
  const [reachable, signedIn] = connected().rungs;
  return connected({
    namespace: null,
    rungs: [
      reachable,
      signedIn,
      rung('authorized', 'failed', {
        code,
        detail: 'no namespace is chosen; yours are team-a, team-b',
        remedy: remedy('Choose one.'),
        checked_at: '2026-11-24T00:00:00Z',
        ...more
      })
    ],
    ...rest
  });
}

const NAMESPACES = [
  { namespace: 'team-a', role: 'owner' },
  { namespace: 'team-b', role: 'contributor' }
];

describe('a namespace that has to be chosen', () => {
  it('is chosen from those the user has, with the role in each', async () => {
    const { server, user } = await open(
      without('namespace-needed', { namespaces: NAMESPACES })
    );
    expect(screen.getByText('no namespace is chosen')).toBeVisible();
    const choice = screen.getByLabelText('Namespace');
    await user.click(
      screen.getByRole('button', { name: 'Use this namespace' })
    );
    expect(choice).toHaveFocus();
    expect(server.changes).toEqual([]);
    expect(
      within(choice).getByRole('option', { name: 'team-b · contributor' })
    ).toBeInTheDocument();
    fireEvent.change(choice, { target: { value: 'team-b' } });
    await user.click(
      screen.getByRole('button', { name: 'Use this namespace' })
    );
    await waitFor(() =>
      expect(server.changes[0].body).toEqual({ namespace: 'team-b' })
    );
  });

  it('may be another one, and what is wrong with it stands at its field', async () => {
    const { server, user } = await open(
      without('namespace-needed', { namespaces: NAMESPACES })
    );
    server.answers.set(
      'PUT connections/work',
      against('namespace', '“Team C” is no namespace')
    );
    fireEvent.change(screen.getByLabelText('Namespace'), {
      target: { value: '*' }
    });
    const field = screen.getByRole('textbox', { name: 'Namespace' });
    expect(field).toHaveFocus();
    await user.type(field, 'Team C{Enter}');
    await waitFor(() =>
      expect(field).toHaveAccessibleDescription(
        '“Team C” is no namespace. Type it anew.'
      )
    );
    expect(field).toBeInvalid();
    expect(field).toHaveValue('Team C');
    expect(field).toHaveFocus();
    expect(screen.queryByRole('alert')).toBeNull();
    await user.type(field, 'x');
    expect(field).toBeValid();
  });

  it('stands in the list once it was typed and taken, whatever the rung says of it', async () => {
    const { server, user } = await open(
      without('namespace-needed', { namespaces: NAMESPACES })
    );
    const refused = without('forbidden', {
      namespaces: NAMESPACES,
      namespace: 'team-c'
    });
    for (const way of [
      'PUT connections/work',
      'POST connections/work/connect'
    ]) {
      server.answers.set(way, () => refused);
    }
    fireEvent.change(screen.getByLabelText('Namespace'), {
      target: { value: '*' }
    });
    const field = screen.getByRole('textbox', { name: 'Namespace' });
    await user.type(field, 'team-c{Enter}');
    await waitFor(() =>
      expect(screen.getByRole('combobox', { name: 'Namespace' })).toHaveValue(
        'team-c'
      )
    );
    expect(
      screen.getByRole('option', { name: 'team-b · contributor' })
    ).toBeInTheDocument();
  });

  it('keeps the field open where the one typed in its place is refused', async () => {
    const { server, user } = await open(connected({ namespaces: NAMESPACES }));
    server.answers.set('PUT connections/work', against('namespace', 'no'));
    fireEvent.change(screen.getByRole('combobox', { name: 'Namespace' }), {
      target: { value: '*' }
    });
    const field = screen.getByRole('textbox', { name: 'Namespace' });
    await user.clear(field);
    await user.type(field, 'Team C{Enter}');
    await waitFor(() => expect(field).toBeInvalid());
    expect(field).toHaveValue('Team C');
    server.answers.clear();
    await user.clear(field);
    await user.type(field, 'team-c{Enter}');
    await waitFor(() => expect(field).not.toBeInTheDocument());
  });

  it('is waited for where the user has none yet', async () => {
    const { server, user } = await open(
      without('namespace-needed', {}, { actor: 'administrator' })
    );
    expect(screen.getByText(/An administrator has to/)).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() =>
      expect(server.changes[0].path).toBe('connections/work/connect')
    );
  });

  it('leaves the first place to what an owner has to do', async () => {
    const { user, server, model } = await open(
      without(
        'forbidden',
        { namespace: 'team-x' },
        { actor: 'namespace owner' }
      )
    );
    server.answers.set('POST connections/work/connect', () =>
      without(
        'forbidden',
        { namespace: 'team-x' },
        { actor: 'namespace owner', checked_at: '2026-11-24T00:00:01Z' }
      )
    );
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await act(() => model.refresh());
    expect(screen.getByRole('list', { name: /State/ })).toHaveFocus();
    expect(screen.getByLabelText('Namespace')).toHaveValue('team-x');
  });
});

describe('what is wrong with a field', () => {
  it.each([
    ['Title', 'title'],
    ['Name', 'name'],
    ['Address', 'host'],
    ['User name', 'username'],
    ['Namespace', 'namespace'],
    ['CA certificate file', 'ssl_ca_cert']
  ])('stands at %s, and nothing typed is lost', async (label, field) => {
    const { server, user } = await open(connected());
    server.answers.set('PUT connections/work', against(field, 'it is odd.'));
    await user.click(screen.getByRole('button', { name: /Edit/ }));
    await user.type(screen.getByLabelText('Title'), '!');
    const input = screen.getByLabelText(label);
    await user.type(input, '?{Enter}');
    await waitFor(() => expect(input).toBeInvalid());
    expect(input).toHaveAccessibleDescription('it is odd. Type it anew.');
    expect(input).toHaveFocus();
    expect((input as HTMLInputElement).value).toContain('?');
    expect((screen.getByLabelText('Title') as HTMLInputElement).value).toMatch(
      /!/
    );
    expect(screen.queryByRole('alert')).toBeNull();
    // The first key takes the refusal away, and no more than that.
    await user.keyboard('abc');
    expect(input).toBeValid();
    expect(input).toHaveFocus();
    expect((input as HTMLInputElement).value).toMatch(/\?abc$/);
  });

  it('stands above the buttons where it is about no field', async () => {
    const { server, user } = await open(connected());
    server.answers.set('PUT connections/work', against('the body', 'no JSON'));
    await user.click(screen.getByRole('button', { name: /Edit/ }));
    await user.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'the body: no JSON'
    );
  });

  it('is said of a CA file that is not there, with the field at hand', async () => {
    const gone = (checked_at: string) =>
      connected({
        ssl_ca_cert: '/ca.pem.gone',
        rungs: [
          rung('reachable', 'failed', {
            code: 'tls-untrusted',
            detail: 'the CA file /ca.pem.gone is not there',
            remedy: remedy('Correct it.'),
            checked_at
          }),
          rung('signed-in'),
          rung('authorized')
        ]
      });
    const { user, server } = await open(gone('2026-11-24T00:00:00Z'));
    server.answers.set('POST connections/work/connect', () =>
      gone('2026-11-24T00:00:01Z')
    );
    await user.click(screen.getByRole('button', { name: /Use this and try/ }));
    const field = await screen.findByLabelText('CA certificate file');
    expect(field).toBeInvalid();
    expect(field).toHaveAccessibleDescription('This file cannot be used.');
    expect(field).toHaveValue('/ca.pem.gone');
    await waitFor(() => expect(field).toHaveFocus());
    await user.type(field, 'x');
    expect(field).toBeValid();
  });

  it('is said of a user name that was left out', async () => {
    const { user, server } = await open(signedOut());
    await user.click(screen.getByRole('button', { name: 'Connect' }));
    const name = screen.getByLabelText('User name');
    expect(name).toHaveAccessibleDescription('Type your user name.');
    expect(name).toHaveFocus();
    await user.type(name, 'jane{Enter}');
    expect(name).toBeValid();
    expect(screen.getByLabelText('Password')).toHaveAccessibleDescription(
      'Type your password.'
    );
    expect(server.changes).toEqual([]);
  });
});
