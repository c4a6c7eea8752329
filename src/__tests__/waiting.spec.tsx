import { act, screen, waitFor } from '@testing-library/react';
import { connection, rung, signedOut } from './answers';
import { open } from './panel';

/** The panel, and a cell of train.ipynb that asks for a connection. */
async function summoned(name = 'work') {
  const house = await open(
    signedOut({ username: 'jane' }),
    signedOut({ name: 'prod', title: 'Production', username: 'jo' }),
    connection({ name: 'fresh', title: 'Fresh' })
  );
  const { model, controller, events } = house;
  model.waiting.wanted.connect((_, cell) => void controller.summons.call(cell));
  const tell = async (kind: 'sign-in-wanted' | 'sign-in-ended') =>
    act(async () =>
      events.emit(kind, {
        sign_in: 'wait-1',
        connection: name,
        connection_id: `id-${name}`,
        kernel_id: 'kernel-1'
      })
    );
  return { ...house, tell };
}

describe('the panel, when a cell waits', () => {
  it('shows the form of that very connection, its password field focused', async () => {
    const { tell, controller } = await summoned('prod');
    await act(async () => controller.show('new'));
    const elsewhere = document.body.appendChild(
      document.createElement('textarea')
    );
    elsewhere.focus();
    await tell('sign-in-wanted');
    expect(
      await screen.findByText('A cell of train.ipynb waits for this sign-in.')
    ).toBeVisible();
    expect(screen.getByRole('combobox', { name: 'Connection' })).toHaveValue(
      'prod'
    );
    expect(screen.getByLabelText('User name')).toHaveValue('jo');
    await waitFor(() =>
      expect(screen.getByLabelText('Password')).toHaveFocus()
    );
    elsewhere.remove();
  });

  it('asks nobody itself, and shows the form once the server has asked the front door', async () => {
    const { tell, server, events } = await summoned('fresh');
    await tell('sign-in-wanted');
    expect(await screen.findByText(/waits for this sign-in/)).toBeVisible();
    expect(server.changes.map(each => each.path)).toEqual(['sign-ins/wait-1']);
    server.connections = server.connections.map(each =>
      each.name === 'fresh'
        ? signedOut({ name: 'fresh', title: 'Fresh', username: 'jane' })
        : each
    );
    await act(async () => events.emit('connection', { connection: 'fresh' }));
    await waitFor(() =>
      expect(screen.getByLabelText('Password')).toHaveFocus()
    );
  });

  it('leaves who is typing for another connection where they are', async () => {
    const { tell, user } = await summoned('prod');
    const field = screen.getByLabelText('Password');
    await user.type(field, 's3c');
    await tell('sign-in-wanted');
    expect(
      await screen.findByText(/waits for a sign-in to Production/)
    ).toBeVisible();
    await user.keyboard('r3t');
    expect(screen.getByLabelText('User name')).toHaveValue('jane');
    expect(screen.getByLabelText('Password')).toBe(field);
    expect(field).toHaveValue('s3cr3t');
    await user.click(screen.getByRole('button', { name: 'Show the form' }));
    expect(screen.getByLabelText('User name')).toHaveValue('jo');
    expect(screen.getByLabelText('Password')).toHaveFocus();
    expect(screen.getByLabelText('Password')).toHaveValue('');
  });

  it('shows the form of a connection that no event has told of yet', async () => {
    const { controller, server } = await summoned();
    server.put(signedOut({ name: 'new', title: 'New', username: 'jim' }));
    const cell = { id: 'wait-2', connectionId: 'id-new', kernelId: 'kernel-1' };
    await act(() => controller.summons.call(cell));
    expect(screen.getByLabelText('User name')).toHaveValue('jim');
    expect(screen.getByLabelText('Password')).toHaveFocus();
  });

  it('takes the note away once it has ended', async () => {
    const { tell } = await summoned();
    await tell('sign-in-wanted');
    expect(await screen.findByText(/waits for this sign-in/)).toBeVisible();
    await tell('sign-in-ended');
    expect(screen.queryByText(/waits for/)).toBeNull();
  });

  it('goes on with the form after a wrong password', async () => {
    const { tell, server, user } = await summoned();
    await tell('sign-in-wanted');
    await screen.findByText(/waits for this sign-in/);
    server.answers.set('POST connections/work/connect', () =>
      signedOut({
        username: 'jane',
        rungs: [
          rung('reachable', 'ok'),
          rung('signed-in', 'failed', {
            code: 'wrong-password',
            detail: 'Dex refused it',
            checked_at: '2026-11-24T00:00:00Z'
          }),
          rung('authorized')
        ]
      })
    );
    await user.type(screen.getByLabelText('Password'), 'wrong{Enter}');
    expect(await screen.findByText('Dex refused it')).toBeVisible();
    expect(screen.getByText(/waits for this sign-in/)).toBeVisible();
    expect(screen.getByLabelText('Password')).toHaveFocus();
  });

  it('lets the person give up', async () => {
    const { tell, server, user } = await summoned();
    await tell('sign-in-wanted');
    await screen.findByText(/waits for this sign-in/);
    await user.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(server.changes.slice(-1)[0]).toMatchObject({
      path: 'sign-ins/wait-1',
      body: { action: 'cancel' }
    });
    expect(screen.queryByText(/waits for/)).toBeNull();
  });

  it('leads back to the form from wherever the person went', async () => {
    const { tell, user, controller } = await summoned('prod');
    await tell('sign-in-wanted');
    await screen.findByText(/waits for this sign-in/);
    await act(async () => controller.select('work'));
    expect(
      screen.getByText(
        'A cell of train.ipynb waits for a sign-in to Production.'
      )
    ).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Show the form' }));
    expect(screen.getByText(/waits for this sign-in/)).toBeVisible();
  });
});
