import { Clipboard } from '@jupyterlab/apputils';
import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { connected, connection } from './answers';
import { open } from './panel';

/** The panel with the manifests opened, and the texts that the server makes. */
async function look(rest: Parameters<typeof connected>[0] = {}) {
  const house = await open(connected({ namespace: 'team-a', ...rest }));
  for (const kind of ['pod-default', 'pod', 'role-binding']) {
    house.server.answers.set(`GET manifests/${kind}`, () => `kind: ${kind}\n`);
  }
  const details = screen
    .getByText('Manifests for kubectl')
    .closest('details') as HTMLDetailsElement;
  const unfold = () => {
    details.open = true;
    fireEvent(details, new Event('toggle'));
  };
  return { ...house, unfold };
}

describe('the manifests', () => {
  it('are asked for when they are opened, each for the namespace', async () => {
    const { server, unfold } = await look();
    const asked = () => server.asked.map(({ path }) => path);
    expect(asked().some(path => path.startsWith('manifests/'))).toBe(false);
    unfold();
    const text = await screen.findByLabelText('Text to copy');
    expect(text).toHaveTextContent('kind: pod-default');
    for (const kind of ['pod', 'role-binding']) {
      fireEvent.change(screen.getByLabelText('Manifest'), {
        target: { value: kind }
      });
      expect(await screen.findByText(`kind: ${kind}`)).toBeVisible();
    }
    expect(asked()).toContain('manifests/pod');
    const ofNamespace = /^\?namespace=team-a\b/;
    expect(server.queries.filter(each => ofNamespace.test(each))).toHaveLength(
      3
    );
  });

  it('are copied and saved under their own names', async () => {
    const { unfold, user } = await look();
    const names: string[] = [];
    const copied = jest
      .spyOn(Clipboard, 'copyToSystem')
      .mockImplementation(() => undefined);
    URL.createObjectURL = () => 'blob:1';
    URL.revokeObjectURL = () => undefined;
    const click = jest
      .spyOn(HTMLAnchorElement.prototype, 'click')
      .mockImplementation(function (this: HTMLAnchorElement) {
        names.push(this.download);
      });
    unfold();
    await user.click(await screen.findByRole('button', { name: 'Download' }));
    expect(names).toEqual(['pod-default.yaml']);
    click.mockRestore();
    await user.click(screen.getByRole('button', { name: 'Copy' }));
    expect(copied).toHaveBeenCalledWith('kind: pod-default\n');
  });

  it('that cannot be made say why', async () => {
    const { server, unfold } = await look();
    server.answers.set('GET manifests/pod-default', () => ({
      error: {
        code: 'bad-request',
        message: 'namespace: it is missing',
        remedy: 'Choose one.',
        retryable: false
      }
    }));
    unfold();
    expect(await screen.findByText(/it is missing/)).toBeVisible();
  });

  it('are made once a namespace is chosen', async () => {
    const { server, events, unfold } = await look();
    const whole = 'GET manifests/pod-default';
    server.answers.set(whole, () => ({
      error: {
        code: 'bad-request',
        message: 'namespace: it is missing',
        remedy: 'Choose one.',
        retryable: false
      }
    }));
    unfold();
    await screen.findByText(/it is missing/);
    server.answers.set(whole, () => 'kind: PodDefault\n');
    server.put(connected({ namespace: 'team-b' }));
    await act(async () => events.emit());
    expect(await screen.findByText('kind: PodDefault')).toBeVisible();
    expect(screen.queryByText(/it is missing/)).toBeNull();
  });

  it.each([
    [
      'pod-default',
      /owner .* or an administrator applies it there, once\. You/
    ],
    ['pod', /^Whoever may create pods in the namespace applies it\.$/],
    ['role-binding', /owner .* or an administrator applies it there, once\.$/]
  ])('say of %s whose step it is', async (kind, whose) => {
    const { unfold } = await look();
    unfold();
    fireEvent.change(screen.getByLabelText('Manifest'), {
      target: { value: kind }
    });
    expect(screen.getByText(whose)).toBeVisible();
    const again = screen.queryByText(/notebook server again .* ticked\.$/);
    expect(again !== null).toBe(kind === 'pod-default');
    await screen.findByText(`kind: ${kind}`);
  });

  it.each([
    ['pod-default', null, 'https://kfp.local'],
    ['pod', 'team-a/trainer', 'https://kfp.local'],
    ['role-binding', 'team-b/default-editor', null]
  ])('of %s name who and what for', async (kind, account, audience) => {
    const { server, unfold } = await look();
    unfold();
    fireEvent.change(screen.getByLabelText('Manifest'), {
      target: { value: kind }
    });
    const fields: [string, string, string | null][] = [
      ['ServiceAccount (namespace/name)', 'service_account', account],
      ['Audience', 'audience', audience]
    ];
    for (const [label, , value] of fields) {
      const field = screen.queryByLabelText(label);
      expect(field !== null).toBe(value !== null);
      if (field && value) {
        fireEvent.change(field, { target: { value: ` ${value}\t` } });
      }
    }
    expect(screen.queryByRole('button', { name: 'Copy' })).toBeNull();
    expect(await screen.findByRole('button', { name: 'Copy' })).toBeVisible();
    const last = new URLSearchParams(server.queries.slice(-1)[0]);
    expect(last.get('namespace')).toBe('team-a');
    fields.forEach(([, name, value]) => expect(last.get(name)).toBe(value));
  });

  it('that name what is none say so at its field, which stays', async () => {
    const { server, user, events, unfold } = await look();
    const whole = 'GET manifests/pod';
    unfold();
    fireEvent.change(screen.getByLabelText('Manifest'), {
      target: { value: 'pod' }
    });
    for (const [label, name] of [
      ['ServiceAccount (namespace/name)', 'service account'],
      ['Audience', 'audience']
    ]) {
      server.answers.set(whole, () => ({
        error: {
          code: 'bad-request',
          message: `${name}: “x” is none`,
          remedy: 'Give one.',
          retryable: false
        }
      }));
      const field = screen.getByLabelText(label);
      await user.type(field, 'x');
      await waitFor(() =>
        expect(field).toHaveAccessibleDescription('“x” is none. Give one.')
      );
      expect(field).toBeInvalid();
      expect(screen.queryByRole('alert')).toBeNull();
      expect(screen.queryByLabelText('Text to copy')).toBeNull();
      server.answers.set(whole, () => 'kind: Pod\n');
      await user.type(field, 'y');
      await waitFor(() => expect(field).toBeValid());
      expect(field).toHaveFocus();
    }
    // Another window looks at the rungs.
    server.put(connected({ namespace: null, rungs: connection().rungs }));
    await act(async () => events.emit());
    expect(screen.getByLabelText('Audience')).toHaveValue('xy');
  });

  it.each([{ source: 'sandbox' as const }, { multi_user: false }])(
    'are not offered where they are of no use: %j',
    async rest => {
      await open(connected(rest));
      expect(screen.queryByText('Manifests for kubectl')).toBeNull();
    }
  );
});
