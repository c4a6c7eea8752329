import {
  act,
  fireEvent,
  render,
  screen,
  waitFor
} from '@testing-library/react';
import React from 'react';
import PanelView from '../panel/view';
import type { IConnection } from '../_contract';
import { connected, connection, remedy, rung, signedOut } from './answers';
import { open } from './panel';

describe('signing in', () => {
  it('asks only for what the front door asks for', async () => {
    await open(signedOut());
    expect(screen.getByRole('radio', { name: 'Email' })).toBeChecked();
    expect(screen.getByRole('radio', { name: 'Company LDAP' })).toBeVisible();
    expect(screen.getByLabelText('Password')).toHaveAttribute(
      'autocomplete',
      'current-password'
    );
    expect(screen.getByLabelText('User name')).toHaveAttribute(
      'autocomplete',
      'username'
    );
  });

  it('leaves the password nowhere once it is sent', async () => {
    const { server, user, controller, view } = await open(signedOut());
    const setItem = jest.spyOn(Storage.prototype, 'setItem');
    server.answers.set('POST connections/work/connect', () =>
      signedOut({
        rungs: [
          rung('reachable', 'ok'),
          rung('signed-in', 'failed', {
            code: 'wrong-password',
            detail: 'Dex refused it',
            remedy: remedy('Type the password again.'),
            checked_at: '2026-11-24T00:00:00Z'
          }),
          rung('authorized')
        ]
      })
    );
    await user.type(screen.getByLabelText('User name'), 'jane');
    await user.click(screen.getByRole('radio', { name: 'Company LDAP' }));
    await user.type(screen.getByLabelText('Password'), 's3cr3t{Enter}');
    expect(await screen.findByText('Not signed in')).toBeVisible();
    expect(server.changes).toEqual([
      {
        method: 'PUT',
        path: 'connections/work',
        body: { username: 'jane' }
      },
      {
        method: 'POST',
        path: 'connections/work/connect',
        body: {
          username: 'jane',
          password: 's3cr3t',
          connector: 'ldap',
          remember: 'server'
        }
      }
    ]);
    expect(screen.getByLabelText('Password')).toHaveValue('');
    expect(screen.getByLabelText('Password')).toHaveFocus();
    expect(screen.getByLabelText('User name')).toHaveValue('jane');
    expect(screen.getByRole('radio', { name: 'Company LDAP' })).toBeChecked();
    expect(view.container.innerHTML).not.toContain('s3cr3t');
    expect(JSON.stringify(controller.draft('id-work'))).not.toContain('s3cr3t');
    expect(setItem).not.toHaveBeenCalled();
  });

  it('goes on with what is offered where the connector asked for is not', async () => {
    const { server, user } = await open(
      signedOut({
        username: 'jane',
        connector: 'gone',
        sign_in: {
          kind: 'password',
          connectors: [{ id: 'corp', title: 'Company LDAP' }],
          others: []
        }
      })
    );
    await user.type(screen.getByLabelText('Password'), 'pw{Enter}');
    await waitFor(() =>
      expect(server.changes[0].body).toMatchObject({ connector: 'corp' })
    );
  });

  it('does not remember the password where that is not wanted', async () => {
    const { server, user } = await open(signedOut({ username: 'jane' }));
    await user.click(screen.getByLabelText(/Stay signed in/));
    await user.type(screen.getByLabelText('Password'), 'pw{Enter}');
    await waitFor(() =>
      expect(server.changes[0].body).toMatchObject({ remember: 'no' })
    );
  });

  it('keeps what was typed while the panel is closed', async () => {
    const { user, controller, view } = await open(signedOut());
    await user.type(screen.getByLabelText('User name'), 'jane');
    view.unmount();
    render(<PanelView controller={controller} />);
    expect(screen.getByLabelText('User name')).toHaveValue('jane');
    expect(screen.getByLabelText('Password')).toHaveValue('');
  });

  it('keeps the user name with an own connection, and with no other', async () => {
    const sources: [IConnection['source'], boolean][] = [
      ['user', true],
      ['detected', false],
      ['sandbox', false]
    ];
    for (const [source, isKept] of sources) {
      const { server, user, view, model } = await open(signedOut({ source }));
      act(() => model.select('work'));
      await user.clear(screen.getByLabelText('User name'));
      await user.type(screen.getByLabelText('User name'), 'jane');
      await user.type(screen.getByLabelText('Password'), 'pw{Enter}');
      await waitFor(() =>
        expect(server.changes.map(({ path }) => path)).toContain(
          'connections/work/connect'
        )
      );
      const saved = server.changes.filter(({ method }) => method === 'PUT');
      expect(saved.map(({ body }) => body)).toEqual(
        isKept ? [{ username: 'jane' }] : []
      );
      view.unmount();
    }
  });

  it('goes on where the user name cannot be kept', async () => {
    const { server, user } = await open(signedOut());
    server.answers.set('PUT connections/work', () => 409);
    await user.type(screen.getByLabelText('User name'), 'jane');
    await user.type(screen.getByLabelText('Password'), 'pw{Enter}');
    await waitFor(() =>
      expect(server.changes.slice(-1)[0].body).toMatchObject({ password: 'pw' })
    );
  });

  it('offers the keyring only where there is one', async () => {
    const { server, user, events } = await open(signedOut({ username: 'jo' }));
    expect(screen.queryByLabelText('Keep the password')).toBeNull();
    server.keyring = true;
    act(() => events.emit());
    const choice = await screen.findByLabelText('Keep the password');
    expect(choice).toHaveValue('server');
    fireEvent.change(choice, { target: { value: 'keyring' } });
    await user.type(screen.getByLabelText('Password'), 'pw{Enter}');
    await waitFor(() =>
      expect(server.changes[0].body).toMatchObject({ remember: 'keyring' })
    );
  });

  it('removes the password from the keyring on one press', async () => {
    const { server, user } = await open(connected({ remembered: 'keyring' }));
    await user.click(screen.getByRole('button', { name: 'Remove it' }));
    expect(server.changes[0].path).toBe('connections/work/disconnect');
  });

  it('still offers what there is to choose from after a refusal', async () => {
    const { server, events } = await open(signedOut());
    server.put(
      signedOut({ sign_in: { kind: 'password', connectors: [], others: [] } })
    );
    act(() => events.emit());
    await waitFor(() => expect(screen.queryByText(/token instead/)).toBeNull());
    expect(screen.getByRole('radio', { name: 'Company LDAP' })).toBeVisible();
  });

  it('takes a token where that is offered', async () => {
    const { server, user } = await open(signedOut());
    await user.click(screen.getByRole('button', { name: /token instead/ }));
    await user.type(screen.getByLabelText('Token'), 't0k{Enter}');
    await waitFor(() =>
      expect(server.changes[0].body).toEqual({
        token: 't0k',
        remember: 'server'
      })
    );
  });

  it.each([
    ['the one that should be mounted is not', 'token-missing'],
    ['nobody else signs in', 'gateway-bypassed']
  ])('takes a token where %s', async (_, code) => {
    const missing = rung('signed-in', 'failed', {
      code,
      remedy: remedy('Apply the PodDefault.')
    });
    const rungs: IConnection['rungs'] = [
      rung('reachable', 'ok'),
      missing,
      rung('authorized')
    ];
    const { server, user, events } = await open(connection({ rungs }));
    await user.click(
      screen.getByRole('button', { name: 'Sign in another way' })
    );
    expect(screen.getByLabelText('Token')).toHaveFocus();
    await user.keyboard('t0k{Enter}');
    await waitFor(() =>
      expect(server.changes[0].body).toMatchObject({ token: 't0k' })
    );
    // Who named that way wants no other.
    server.put(connection({ rungs, auth: 'service-account-token' }));
    act(() => events.emit());
    await waitFor(() => expect(screen.queryByLabelText('Token')).toBeNull());
  });

  it('names the other host and goes on after a yes', async () => {
    const { server, user } = await open(
      signedOut({
        sign_in: {
          kind: 'login-host',
          host: 'https://login.example.com',
          others: []
        }
      })
    );
    expect(screen.queryByRole('button', { name: 'Copy' })).toBeNull();
    await user.click(
      screen.getByRole('button', { name: /login\.example\.com/ })
    );
    await waitFor(() =>
      expect(server.changes[0].body).toEqual({
        login_host: 'https://login.example.com'
      })
    );
  });

  it('asks for what the front door asks for now, whatever it was before', async () => {
    const { server, events } = await open(
      signedOut({ sign_in: { kind: 'token', others: ['password', 'cookie'] } })
    );
    expect(screen.getByLabelText('Token')).toBeVisible();
    server.put(
      signedOut({ sign_in: { kind: 'cookie', others: ['password', 'token'] } })
    );
    act(() => events.emit());
    expect(await screen.findByLabelText('Session cookie')).toBeVisible();
    expect(screen.queryByLabelText('Token')).toBeNull();
  });

  it('can be tried again with a password that is kept, once the directory is up', async () => {
    const { server, user } = await open(
      signedOut({
        remembered: 'server',
        rungs: [
          rung('reachable', 'ok'),
          rung('signed-in', 'failed', {
            code: 'directory-down',
            actor: 'administrator',
            remedy: remedy('Try again later.')
          }),
          rung('authorized')
        ]
      })
    );
    expect(screen.getByLabelText('Password')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(server.changes[0].body).toEqual({}));
  });

  it('can be stopped while it is under way', async () => {
    const { server, user } = await open(signedOut({ busy: true }));
    expect(
      screen.getByText(/Waiting for kubeflow\.example\.com/)
    ).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(server.changes[0].path).toBe('connections/work/cancel');
  });
});
