import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import type { IConnection } from '../_contract';
import { connected, connection, remedy, rung, signedOut } from './answers';
import { open } from './panel';

type House = Awaited<ReturnType<typeof open>>;

/** Put another state on the server and tell this window of it. */
async function tell(
  { server, events, model }: House,
  state: IConnection
): Promise<void> {
  server.put(state);
  await act(async () => {
    events.emit();
    await model.refresh();
  });
}

/** A connection as it is while somebody looks at its rungs. */
function looking(rest: Partial<IConnection> = {}): IConnection {
  return signedOut({
    busy: true,
    rungs: [
      rung('reachable', 'checking'),
      rung('signed-in'),
      rung('authorized')
    ],
    ...rest
  });
}

/** A connection whose host was not reached. */
function unreached(): IConnection {
  return connection({
    rungs: [
      rung('reachable', 'failed', {
        code: 'connection-refused',
        detail: 'nothing listens there',
        remedy: remedy('Check it.')
      }),
      rung('signed-in'),
      rung('authorized')
    ]
  });
}

/** The form again, as a later look finds it. */
function askedAgain(): IConnection {
  const asked = signedOut();
  const [, signedIn] = asked.rungs;
  signedIn.checked_at = '2026-11-24T00:00:01Z';
  return asked;
}

describe('a password that is half typed', () => {
  it('stays, caret and all, while another window looks', async () => {
    const house = await open(signedOut({ username: 'jane' }));
    const { user, view } = house;
    const field = screen.getByLabelText<HTMLInputElement>('Password');
    await user.type(field, 's3cr');
    field.setSelectionRange(2, 2);
    await tell(house, looking({ username: 'jane' }));
    expect(screen.getByLabelText('Password')).toBe(field);
    expect(field).toBeVisible();
    expect(field).toHaveFocus();
    await user.keyboard('x');
    await tell(house, { ...askedAgain(), username: 'jane' });
    expect(screen.getByLabelText('Password')).toBe(field);
    expect(field).toHaveFocus();
    expect(field).toHaveValue('s3xcr');
    expect(field.selectionStart).toBe(3);
    expect(view.container.innerHTML).not.toContain('s3');
  });

  it('is sent where the person goes on during such a look', async () => {
    const house = await open(signedOut({ username: 'jane' }));
    const { user, server } = house;
    await user.type(screen.getByLabelText('Password'), 's3cr');
    await tell(house, looking({ username: 'jane' }));
    server.answers.set('POST connections/work/connect', () => connected());
    await user.keyboard('3t{Enter}');
    await waitFor(() => expect(screen.queryByLabelText('Password')).toBeNull());
    expect(server.changes[0].body).toMatchObject({ password: 's3cr3t' });
  });

  it('leaves the user name alone when the look is over', async () => {
    const house = await open(signedOut());
    const name = screen.getByLabelText('User name');
    await house.user.type(name, 'ja');
    await tell(house, looking());
    await tell(house, askedAgain());
    await house.user.keyboard('ne');
    expect(screen.getByLabelText('User name')).toHaveValue('jane');
    expect(screen.getByLabelText('Password')).toHaveValue('');
  });

  it('is still there when the host was away for a moment', async () => {
    const house = await open(signedOut({ username: 'jane' }));
    const field = screen.getByLabelText('Password');
    await house.user.type(field, 's3cr3t');
    await tell(house, unreached());
    expect(field).not.toBeVisible();
    await tell(house, { ...askedAgain(), username: 'jane' });
    expect(screen.getByLabelText('Password')).toHaveValue('s3cr3t');
    expect(field).toBeVisible();
    expect(field).toHaveFocus();
  });

  it('is gone once somebody signed in elsewhere', async () => {
    const house = await open(signedOut({ username: 'jane' }));
    const field = screen.getByLabelText('Password');
    await house.user.type(field, 's3cr3t');
    await tell(house, looking({ username: 'jane' }));
    await tell(house, connected());
    expect(screen.queryByLabelText('Password')).toBeNull();
    expect(field).toHaveValue('');
  });

  it.each<Partial<IConnection>>([
    { proxy: 'http://proxy.example.com:3128' },
    { verify_ssl: false },
    { ssl_ca_cert: '/etc/other.pem' },
    { auth: 'dex' }
  ])('is not sent in another way, whoever chose %j', async changed => {
    const house = await open(signedOut({ username: 'jane' }));
    await house.user.type(screen.getByLabelText('Password'), 's3cr3t');
    await tell(house, signedOut({ username: 'jane', ...changed }));
    expect(screen.getByLabelText('Password')).toHaveValue('');
  });

  it('is no token for another host where a mesh asks for one', async () => {
    const guarded = (host: string) =>
      connection({
        host,
        auth: 'auto',
        rungs: [
          rung('reachable', 'ok'),
          rung('signed-in'),
          rung('authorized', 'failed', {
            code: 'forbidden-by-mesh',
            actor: 'you',
            remedy: remedy('Give a token.')
          })
        ]
      });
    const house = await open(guarded('https://a.example.com/pipeline'));
    await house.user.type(screen.getByLabelText('Token'), 'for-a');
    await tell(house, guarded('https://b.example.com/pipeline'));
    expect(screen.getByLabelText('Token')).toHaveValue('');
  });

  it('is not sent to another host, whoever changed the address', async () => {
    const house = await open(signedOut({ username: 'jane' }));
    const field = screen.getByLabelText('Password');
    await house.user.type(field, 's3cr3t');
    await tell(
      house,
      signedOut({ username: 'jane', host: 'https://other.example.com' })
    );
    expect(screen.getByLabelText('Password')).toHaveValue('');
    expect(field).toHaveValue('');
  });

  it('goes to no other connection that becomes the default', async () => {
    const house = await open(
      signedOut({ username: 'jane' }),
      signedOut({ name: 'prod', title: 'Production', username: 'jo' })
    );
    const field = screen.getByLabelText('Password');
    await house.user.type(field, 's3cr3t');
    house.server.defaultName = 'prod';
    await act(() => house.model.refresh());
    expect(screen.getByRole('combobox', { name: 'Connection' })).toHaveValue(
      'work'
    );
    expect(screen.getByLabelText('Password')).toBe(field);
    expect(field).toHaveValue('s3cr3t');
  });
});

describe('a secret that reached no front door', () => {
  const body = { code: 'busy', message: 'Busy.', remedy: 'Wait.' };

  it.each([
    ['somebody else was quicker', () => ({ error: body }), 'Busy.'],
    [
      'the Jupyter server is gone',
      () => Promise.reject(new TypeError('gone')),
      'The Jupyter server does not answer.'
    ]
  ])('is in its field again: %s', async (_, answer, words) => {
    const { user, server, view, controller } = await open(
      signedOut({ username: 'jane' })
    );
    server.answers.set('POST connections/work/connect', answer);
    const field = screen.getByLabelText('Password');
    await user.type(field, 's3cr3t{Enter}');
    expect(await screen.findByText(words)).toBeVisible();
    expect(screen.getByLabelText('Password')).toBe(field);
    expect(field).toHaveValue('s3cr3t');
    expect(field).toHaveFocus();
    expect(view.container.innerHTML).not.toContain('s3cr3t');
    expect(JSON.stringify(controller.draft('id-work'))).not.toContain('s3cr3t');
  });

  it('is in its field again once the host can be reached', async () => {
    const house = await open(signedOut({ username: 'jane' }));
    const { user, server } = house;
    server.answers.set('POST connections/work/connect', () => unreached());
    await user.type(screen.getByLabelText('Password'), 's3cr3t{Enter}');
    expect(await screen.findByText('nothing listens there')).toBeVisible();
    expect(screen.getByLabelText('Password')).not.toBeVisible();
    await tell(house, { ...askedAgain(), username: 'jane' });
    expect(screen.getByLabelText('Password')).toBeVisible();
    expect(screen.getByLabelText('Password')).toHaveValue('s3cr3t');
  });

  it('may be a token that is sent another way than the one asked for', async () => {
    const { user, server } = await open(signedOut());
    server.answers.set('POST connections/work/connect', () => ({
      error: body
    }));
    await user.click(screen.getByRole('button', { name: /token instead/ }));
    await user.type(screen.getByLabelText('Token'), 't0k{Enter}');
    expect(await screen.findByText('Busy.')).toBeVisible();
    expect(screen.getByLabelText('Token')).toHaveValue('t0k');
  });
});

describe('a form that is half filled in', () => {
  it('stays for a namespace that is not listed, while another window looks', async () => {
    const namespaces = [{ namespace: 'team-a', role: 'owner' }];
    const needed = (checked_at: string | null) => {
      const [reachable, signedIn] = connected().rungs;
      const authorized = rung('authorized', 'failed', {
        code: 'namespace-needed',
        checked_at
      });
      return connected({
        namespace: null,
        namespaces,
        rungs: [reachable, signedIn, authorized]
      });
    };
    const house = await open(needed(null));
    fireEvent.change(screen.getByLabelText('Namespace'), {
      target: { value: '*' }
    });
    const field = screen.getByRole('textbox', { name: 'Namespace' });
    await house.user.type(field, 'team');
    await tell(house, { ...needed(null), busy: true });
    await house.user.keyboard('-');
    await tell(house, needed('2026-11-24T00:00:01Z'));
    await house.user.keyboard('z');
    expect(screen.getByRole('textbox', { name: 'Namespace' })).toBe(field);
    expect(field).toHaveValue('team-z');
  });

  it('stays for another namespace of a connection that stands', async () => {
    const namespaces = [{ namespace: 'team-a', role: 'owner' }];
    const house = await open(connected({ namespaces }));
    fireEvent.change(screen.getByLabelText('Namespace'), {
      target: { value: '*' }
    });
    const field = screen.getByRole('textbox', { name: 'Namespace' });
    await house.user.clear(field);
    await house.user.type(field, 'team');
    await tell(house, connected({ namespaces, busy: true }));
    await tell(house, connected({ namespaces }));
    await house.user.keyboard('-z');
    expect(screen.getByRole('textbox', { name: 'Namespace' })).toHaveValue(
      'team-z'
    );
  });

  it('stays for a first connection, though another window makes one', async () => {
    const house = await open();
    const address = await screen.findByLabelText('Address');
    await house.user.type(address, 'https://kf.example.com');
    const field = screen.getByLabelText('Password');
    await house.user.type(field, 's3cr3t');
    await tell(house, connected());
    expect(screen.getByLabelText('Password')).toBe(field);
    expect(field).toHaveValue('s3cr3t');
    await house.user.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(screen.getByText('jane@example.com, renews itself')).toBeVisible();
  });
});

describe('the keyboard’s place', () => {
  it('stays at another part of the panel while another window looks', async () => {
    const house = await open(connected());
    act(() => house.controller.act());
    const choice = screen.getByRole('combobox', { name: 'Connection' });
    choice.focus();
    await tell(house, connected({ busy: true }));
    await tell(house, connected());
    expect(choice).toHaveFocus();
  });
});
