import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import type { IConnection, IRung, ISignIn } from '../_contract';
import { connection, remedy, rung, signedOut } from './answers';
import { open } from './panel';

/** What a front door asks for that takes passwords. */
const PASSWORD: ISignIn = {
  kind: 'password',
  connectors: [],
  others: ['cookie', 'token']
};

/** A connection whose second rung does not hold. */
function refused(
  told: Partial<IRung>,
  rest: Partial<IConnection> = {}
): IConnection {
  return connection({
    rungs: [
      rung('reachable', 'ok'),
      rung('signed-in', 'failed', told),
      rung('authorized')
    ],
    ...rest
  });
}

/** A connection that a policy of the mesh refuses. */
function refusedByMesh(
  told: Partial<IRung> = {},
  rest: Partial<IConnection> = {}
): IConnection {
  return connection({
    rungs: [
      rung('reachable', 'ok'),
      rung('signed-in'),
      rung('authorized', 'failed', {
        code: 'forbidden-by-mesh',
        detail: 'a policy of the service mesh refuses the call',
        remedy: remedy('Mount a token, or give one.'),
        ...told
      })
    ],
    ...rest
  });
}

/** The rung that tells a state with this title. */
function rungCalled(title: string): ReturnType<typeof within> {
  return within(screen.getByText(title).closest('li')!);
}

const otherWay = () => screen.getByRole('button', { name: /another way/ });

describe('the second rung', () => {
  it('of a first sign-in only asks', async () => {
    await open(signedOut());
    const { getByText, queryByText } = rungCalled('Sign in');
    expect(getByText('needs you')).toBeInTheDocument();
    expect(getByText('as on the Kubeflow dashboard')).toBeVisible();
    expect(queryByText(/can mend/)).toBeNull();
  });

  it('of a session that ended says so, who acts, and how, beside the form', async () => {
    await open(
      refused(
        {
          code: 'session-over',
          detail: 'the session is over, and the password was not kept',
          remedy: remedy('Sign in again.')
        },
        { sign_in: PASSWORD }
      )
    );
    const { getByText, getByLabelText, queryByText } =
      rungCalled('Not signed in');
    expect(getByText(/the session is over/)).toBeVisible();
    expect(getByText('You can mend this.')).toBeVisible();
    expect(getByText('Sign in again.')).toBeVisible();
    expect(getByLabelText('Password')).toBeVisible();
    expect(queryByText('needs you')).toBeNull();
    expect(queryByText(/dashboard/)).toBeNull();
  });

  it('keeps in view what the last token was refused for, and what to copy', async () => {
    const line = 'kubectl create token default-editor --audience x';
    await open(
      refused(
        {
          code: 'token-audience',
          detail: 'the token is made for another audience',
          remedy: remedy('Get one made for x.', line)
        },
        { sign_in: { kind: 'token', others: ['password', 'cookie'] } }
      )
    );
    const { getByText, getByLabelText, getByRole } =
      rungCalled('Not signed in');
    expect(getByText(/another audience/)).toBeVisible();
    expect(getByText('You can mend this.')).toBeVisible();
    expect(getByText('Get one made for x.')).toBeVisible();
    expect(getByText(line)).toBeVisible();
    expect(getByRole('button', { name: 'Copy' })).toBeVisible();
    expect(getByLabelText('Token')).toBeVisible();
  });

  it('names what is missing where a way was named', async () => {
    await open(
      signedOut({
        auth: 'session-cookie',
        sign_in: { kind: 'cookie', others: [] },
        rungs: [
          rung('reachable', 'ok'),
          rung('signed-in', 'failed', {
            code: 'sign-in-needed',
            detail:
              'this connection signs in with a cookie, and none was given',
            remedy: remedy('Copy the session cookie.')
          }),
          rung('authorized')
        ]
      })
    );
    expect(screen.getByText(/none was given/)).toBeVisible();
    expect(screen.getByLabelText('Session cookie')).toBeVisible();
    expect(otherWay()).toBeVisible();
  });
});

describe('a way on', () => {
  it('past a front door of another kind is a cookie or a token', async () => {
    const { server, user } = await open(
      refused(
        { code: 'no-way-in', remedy: remedy('Use a token, or a cookie.') },
        { sign_in: { kind: 'token', others: ['cookie'] } }
      )
    );
    expect(screen.getByText('You can mend this.')).toBeVisible();
    expect(screen.getByLabelText('Token')).toBeVisible();
    await user.click(screen.getByRole('button', { name: /cookie instead/ }));
    await user.type(screen.getByLabelText('Session cookie'), 'a=b{Enter}');
    await waitFor(() =>
      expect(server.changes[0].body).toMatchObject({ cookies: 'a=b' })
    );
  });

  it('after a way that this version does not have is another', async () => {
    const { server, user } = await open(
      refused({ code: 'no-way-in' }, { auth: 'oidc-device' })
    );
    await user.click(otherWay());
    const choice = screen.getByLabelText('Sign in with');
    expect(choice).toHaveValue('oidc-device');
    fireEvent.change(choice, { target: { value: 'auto' } });
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() =>
      expect(server.changes[0]).toMatchObject({
        method: 'PUT',
        body: { auth: 'auto' }
      })
    );
  });

  it('past a mesh that lets nobody in without a token is one', async () => {
    const { server, user } = await open(refusedByMesh());
    const { getByText, getByLabelText } = rungCalled('Not authorized');
    expect(getByText('You can mend this.')).toBeVisible();
    await user.type(getByLabelText('Token'), 't0k{Enter}');
    await waitFor(() =>
      expect(server.changes[0].body).toMatchObject({ token: 't0k' })
    );
  });

  it('past a mesh may be the gateway’s address', async () => {
    const { user } = await open(refusedByMesh());
    await user.click(screen.getByRole('button', { name: /the address/ }));
    expect(screen.getByLabelText('Address')).toBeVisible();
  });

  it('past a mesh that refuses a token is the administrator’s', async () => {
    await open(refusedByMesh({ actor: 'administrator' }));
    expect(screen.getByText(/An administrator has to/)).toBeVisible();
    expect(screen.queryByLabelText('Token')).toBeNull();
  });

  it('past a mesh, from a connection that signs in with nothing, is another way', async () => {
    const { user } = await open(refusedByMesh({}, { auth: 'none' }));
    expect(screen.queryByLabelText('Token')).toBeNull();
    await user.click(otherWay());
    expect(screen.getByLabelText('Sign in with')).toHaveValue('none');
  });

  it('for a mounted token is a yes to the host it goes to', async () => {
    const told = {
      code: 'token-not-for-this-host',
      remedy: remedy('Choose it.')
    };
    const { server, user } = await open(refused(told));
    await user.click(
      screen.getByRole('button', { name: 'Send it to kubeflow.example.com' })
    );
    await waitFor(() => expect(server.changes).toHaveLength(2));
    expect(server.changes).toMatchObject([
      { method: 'PUT', body: { auth: 'service-account-token' } },
      { method: 'POST', path: 'connections/work/connect' }
    ]);
  });

  it('is not in the user’s hands where the administrator named the way', async () => {
    await open(
      refused(
        { code: 'token-not-for-this-host' },
        { source: 'admin', locked: true, auth: 'none' }
      )
    );
    expect(screen.queryByRole('button', { name: /^Send it/ })).toBeNull();
    expect(screen.queryByRole('button', { name: /another way/ })).toBeNull();
  });
});
