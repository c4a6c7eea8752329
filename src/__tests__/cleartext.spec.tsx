import { screen, waitFor } from '@testing-library/react';
import { signedOut } from './answers';
import { open } from './panel';

const READABLE = /a password sent to dex\.corp\.example can be read on the way/;

/** The form's ways to go on where a password could be read. */
const question = () => ({
  no: screen.getByRole('button', { name: 'Do not send' }),
  yes: screen.getByRole('button', { name: 'Send it anyway' })
});

describe('a password that could be read on the way', () => {
  it.each([
    ['the host', { host: 'http://dex.corp.example/pipeline' }],
    [
      'a host that its sign-in may go on at',
      {
        host: 'http://localhost:8080/pipeline',
        login_hosts: ['https://sso.example.com', 'http://dex.corp.example']
      }
    ]
  ])('is sent only after a yes: by %s', async (_, place) => {
    const { server, user } = await open(
      signedOut({ username: 'jane', ...place })
    );
    expect(screen.getByText(READABLE)).toBeVisible();
    const field = screen.getByLabelText('Password');
    await user.type(field, 's3cr3t{Enter}');
    expect(question().no).toHaveFocus();
    await user.click(question().no);
    expect(screen.queryByText('Send it anyway')).toBeNull();
    expect(field).toHaveValue('s3cr3t');
    expect(field).toHaveFocus();
    expect(server.changes).toEqual([]);
    await user.keyboard('{Enter}');
    await user.click(question().yes);
    await waitFor(() =>
      expect(server.changes[0].body).toMatchObject({ password: 's3cr3t' })
    );
  });

  it.each([
    ['https', { host: 'https://kf.example.com' }],
    [
      'https, from where no sign-in goes on in clear',
      {
        host: 'https://kf.example.com',
        login_hosts: ['http://dex.corp.example']
      }
    ],
    [
      'this machine',
      {
        host: 'http://localhost:8080',
        login_hosts: ['http://localhost:5556', 'https://dex.corp.example']
      }
    ]
  ])('is no password that goes by %s', async (_, place) => {
    const { server, user } = await open(
      signedOut({ username: 'jane', ...place })
    );
    expect(screen.queryByText(/can be read/)).toBeNull();
    await user.type(screen.getByLabelText('Password'), 'pw{Enter}');
    await waitFor(() => expect(server.changes).not.toEqual([]));
  });

  it('is no token: that goes to the host alone', async () => {
    const { user } = await open(
      signedOut({
        host: 'http://localhost:8080',
        login_hosts: ['http://dex.corp.example']
      })
    );
    await user.click(screen.getByRole('button', { name: /token instead/ }));
    expect(screen.queryByText(READABLE)).toBeNull();
  });

  it.each([
    ['http://dex.corp.example', true],
    ['https://dex.corp.example', false],
    ['http://localhost:5556', false]
  ])('is warned of before %s may ask for it', async (host, warns) => {
    await open(
      signedOut({ sign_in: { kind: 'login-host', host, others: [] } })
    );
    expect(
      screen.getByRole('button', { name: `Sign in at ${host}` })
    ).toBeVisible();
    expect(screen.queryAllByText(READABLE)).toHaveLength(warns ? 1 : 0);
  });
});
