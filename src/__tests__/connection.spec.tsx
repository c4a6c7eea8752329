import { Dialog } from '@jupyterlab/apputils';
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { connected, connection, signedOut } from './answers';
import { open } from './panel';

describe('a connection', () => {
  it('of the sandbox is marked as such, and tells its password', async () => {
    await open(signedOut({ name: 'sandbox', source: 'sandbox' }));
    expect(screen.getByText('sandbox')).toBeVisible();
    expect(screen.getByLabelText('Password')).toHaveAccessibleDescription(
      /12341234/
    );
  });

  it('can be given another title', async () => {
    const { server, user } = await open(connected());
    await user.click(screen.getByRole('button', { name: /Edit/ }));
    const title = screen.getByLabelText('Title');
    await user.clear(title);
    await user.type(title, 'Home{Enter}');
    await waitFor(() =>
      expect(server.changes[0]).toMatchObject({
        path: 'connections/work',
        body: { title: 'Home' }
      })
    );
  });

  it('is deleted only after a yes', async () => {
    const { server, user } = await open(connected());
    server.answers.set('DELETE connections/work', () => 204);
    const sure = (accept: boolean) =>
      jest
        .spyOn(Dialog.prototype, 'launch')
        .mockResolvedValueOnce({ button: { accept } } as any);
    await user.click(screen.getByRole('button', { name: /Edit/ }));
    sure(false);
    await user.click(screen.getByRole('button', { name: 'Delete' }));
    expect(server.changes).toEqual([]);
    sure(true);
    await user.click(screen.getByRole('button', { name: 'Delete' }));
    await waitFor(() => expect(server.changes[0].method).toBe('DELETE'));
  });

  it('becomes the default', async () => {
    const { server, user } = await open(
      connected(),
      signedOut({ name: 'other', title: 'Other' })
    );
    server.answers.set('PUT default', () => ({ name: 'work' }));
    await user.click(screen.getByRole('button', { name: /Edit/ }));
    await user.click(
      screen.getByRole('button', { name: 'Make it the default' })
    );
    expect(server.changes[0]).toMatchObject({
      path: 'default',
      body: { name: 'work' }
    });
  });

  it('is chosen from the list', async () => {
    await open(connected(), signedOut({ name: 'other', title: 'Other' }));
    const select = screen.getByRole('combobox', { name: 'Connection' });
    fireEvent.change(select, { target: { value: 'other' } });
    expect(screen.getByLabelText('Password')).toBeVisible();
  });

  it('is disconnected by one button', async () => {
    const { server, user } = await open(connected());
    server.answers.set('POST connections/work/disconnect', () => connection());
    await user.click(screen.getByRole('button', { name: 'Disconnect' }));
    expect(server.changes[0].path).toBe('connections/work/disconnect');
  });
});
