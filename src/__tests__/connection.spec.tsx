import { Dialog } from '@jupyterlab/apputils';
import {
  act,
  fireEvent,
  screen,
  waitFor,
  within
} from '@testing-library/react';
import { connected, connection, signedOut } from './answers';
import { text } from './fakes';
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

  it('is told apart by where it comes from, and which is the default', async () => {
    const { server, events } = await open(
      connected(),
      signedOut({ name: 'team', title: 'Team', source: 'admin', locked: true })
    );
    server.defaultName = 'team';
    act(() => events.emit('default'));
    const group = screen.getByRole('group', {
      name: 'From your administrator'
    });
    expect(
      await within(group).findByText(/Team .*, the default/)
    ).toBeVisible();
    expect(
      within(screen.getByRole('group', { name: 'Your own' })).getByText(/Work/)
    ).toBeVisible();
  });

  it('of the administrator says so, and leaves what is the user’s', async () => {
    const { server, user } = await open(
      connected({
        source: 'admin',
        locked: true,
        namespace: null,
        free: ['namespace', 'username']
      })
    );
    expect(
      screen.getByText(/administrator keeps this connection/)
    ).toBeVisible();
    await user.click(screen.getByRole('button', { name: /Edit/ }));
    expect(screen.getByLabelText('Address')).toHaveAttribute('readonly');
    expect(screen.queryByLabelText('Title')).toBeNull();
    expect(screen.queryByRole('button', { name: 'Delete' })).toBeNull();
    await user.type(screen.getByLabelText('Namespace'), 'team-b');
    await user.type(screen.getByLabelText('User name'), 'jane{Enter}');
    await waitFor(() =>
      expect(server.changes[0]).toMatchObject({
        method: 'PUT',
        body: { namespace: 'team-b', username: 'jane' }
      })
    );
  });

  it('of the administrator has a field for what is free, and no more', async () => {
    const { user } = await open(
      connected({ source: 'admin', locked: true, free: ['username'] })
    );
    await user.click(screen.getByRole('button', { name: /Edit/ }));
    expect(screen.getByLabelText('User name')).not.toHaveAttribute('readonly');
    expect(screen.getByLabelText('Namespace')).toHaveAttribute('readonly');
    expect(screen.getByLabelText('Namespace')).toHaveValue('team-a');
  });

  it('that a file breaks off is missed with a word, the others are there', async () => {
    const { server, events } = await open(connected());
    server.problems = [
      {
        where: 'kfp_connect.json',
        message: 'kfp_connect.json is no JSON',
        remedy: 'Correct the file.'
      }
    ];
    act(() => events.emit('connections'));
    expect(
      await screen.findByText(/is no JSON. Correct the file/)
    ).toBeVisible();
    expect(screen.getByRole('button', { name: 'Disconnect' })).toBeVisible();
  });

  it('tells of a kernel that cannot take over its session', async () => {
    const { model, user, tracker } = await open(connected());
    const panel = tracker.panels[1];
    panel.kernel!.expressions.armed = text(
      '{"state": "armed", "code": "kernel-remote", "detail": "cannot take over the session of work"}'
    );
    await user.click(
      screen.getByRole('button', { name: 'Put it in explore.ipynb' })
    );
    tracker.currentWidget = panel;
    act(() => tracker.currentChanged.emit(panel));
    expect(
      await screen.findByText(/explore.ipynb: cannot take over the session/)
    ).toBeVisible();
    expect(model.notebooks.current?.rung.state).toBe('ok');
  });

  it('that was ended offers one way back, not two', async () => {
    const { server, user, tracker } = await open(connected());
    server.answers.set('POST connections/work/disconnect', () =>
      connection({ name: 'work' })
    );
    server.kernels = [
      {
        kernel_id: tracker.panels[0].kernel!.id,
        connection: 'work',
        namespace: 'team-a',
        signed_in_as: null,
        variable: 'kfp_client',
        generation: 1,
        rung: {
          rung: 'in-notebook',
          state: 'failed',
          code: 'disconnected',
          detail: 'the connection was disconnected',
          remedy: {
            text: 'Connect again in the Kubeflow Pipelines panel.',
            copy: null,
            filename: null,
            link: null
          },
          actor: 'you',
          ms: null,
          checked_at: null
        }
      }
    ];
    await user.click(screen.getByRole('button', { name: 'Disconnect' }));
    expect(
      await screen.findByText('the connection was disconnected')
    ).toBeVisible();
    expect(screen.getByRole('button', { name: 'Connect' })).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull();
  });

  it('can be given another name', async () => {
    const { server, user } = await open(connected());
    await user.click(screen.getByRole('button', { name: /Edit/ }));
    const name = screen.getByLabelText('Name');
    await user.clear(name);
    await user.type(name, 'prod');
    expect(name).toHaveAccessibleDescription(/%kfp_connect prod/);
    await user.keyboard('{Enter}');
    await waitFor(() =>
      expect(server.changes[0].body).toEqual({ name: 'prod' })
    );
  });

  it('keeps an automatic title in step with its address', async () => {
    const { server, user } = await open(
      connected({ title: 'kubeflow.example.com' })
    );
    await user.click(screen.getByRole('button', { name: /Edit/ }));
    const address = screen.getByLabelText('Address');
    await user.clear(address);
    await user.type(address, 'https://kf.example.org/pipeline{Enter}');
    await waitFor(() =>
      expect(server.changes[0].body).toEqual({
        host: 'https://kf.example.org/pipeline',
        title: 'kf.example.org'
      })
    );
  });

  it('gives its client to the notebook, whatever the default is', async () => {
    const { server, user, model, tracker } = await open(
      connected(),
      connected({ name: 'other', title: 'Other' })
    );
    server.defaultName = 'work';
    act(() => model.select('other'));
    await user.click(
      screen.getByRole('button', { name: 'Put it in explore.ipynb' })
    );
    await waitFor(() =>
      expect(
        tracker.panels[1].kernel?.requests[0].user_expressions.armed
      ).toContain('.arm("other"')
    );
  });
});
