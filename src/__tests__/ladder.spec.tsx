import { Clipboard } from '@jupyterlab/apputils';
import { act, screen, waitFor, within } from '@testing-library/react';
import type { IConnection } from '../_contract';
import { connected, connection, remedy, rung, signedOut } from './answers';
import { open } from './panel';

/** The four rungs, as a screen reader reads them. */
function ladder(): string[] {
  return within(screen.getByRole('list', { name: /state/i }))
    .getAllByRole('listitem')
    .map(item => item.textContent ?? '');
}

/** A connection with a broken first rung. */
function unreachable(rest: Parameters<typeof rung>[2], more = {}): IConnection {
  return connection({
    rungs: [
      rung('reachable', 'failed', rest),
      rung('signed-in'),
      rung('authorized')
    ],
    ...more
  });
}

/** What stands in a file that was made here. */
function contentOf(blob: Blob): Promise<string> {
  return new Promise(resolve => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.readAsText(blob);
  });
}

describe('the ladder', () => {
  it('tells each state in words', async () => {
    await open(signedOut());
    expect(ladder()).toEqual([
      expect.stringContaining('Reachable done'),
      expect.stringContaining('Sign in needs you'),
      expect.stringContaining('Authorized not yet'),
      expect.stringContaining('In the notebook not yet')
    ]);
  });

  it('says who is signed in, where, and in which notebook', async () => {
    const { notebooks, tracker } = await open(connected());
    await act(async () => {
      await notebooks.put(tracker.panels[0].asPanel, 'work');
    });
    expect(ladder()).toEqual([
      expect.stringContaining('KFP 2.16.0'),
      expect.stringContaining('jane@example.com, renews itself'),
      expect.stringContaining('team-a'),
      expect.stringContaining('kfp_client in train.ipynb')
    ]);
    expect(screen.getByText('explore.ipynb')).toBeVisible();
    expect(
      screen.getByRole('button', { name: 'Put it in explore.ipynb' })
    ).toBeVisible();
  });

  it('announces what has changed, and nothing else', async () => {
    const { server, model } = await open(signedOut());
    const said = () =>
      screen.getAllByRole('status').map(each => each.textContent);
    expect(said()).toContain('');
    server.put(connected());
    await act(() => model.refresh());
    expect(said()).toContain('Signed in: done. Authorized: done');
  });

  it('opens a broken rung on remedy, who acts, and what to copy', async () => {
    const [reachable, signedIn] = connected().rungs;
    await open(
      connected({
        namespace: 'namespace-1',
        rungs: [
          reachable,
          signedIn,
          rung('authorized', 'failed', {
            code: 'forbidden',
            detail: 'may not list experiments in namespace-2',
            actor: 'namespace owner',
            remedy: remedy('Apply this once.', 'kind: RoleBinding\n', 'rb.yaml')
          })
        ]
      })
    );
    expect(screen.getByText('Not authorized')).toBeVisible();
    expect(screen.getByText('Apply this once.')).toBeVisible();
    // Not of the connection's own: the call named another.
    expect(
      screen.getByText('An owner of the namespace has to mend this.')
    ).toBeVisible();
    expect(screen.getByText('kind: RoleBinding')).toBeVisible();
    expect(screen.getByRole('button', { name: 'Copy' })).toBeVisible();
    expect(screen.getByRole('button', { name: 'Download' })).toBeVisible();
    expect(screen.getByRole('button', { name: 'Try again' })).toBeVisible();
  });

  it('lets the remedy be copied and saved', async () => {
    const copied = jest
      .spyOn(Clipboard, 'copyToSystem')
      .mockImplementation(() => undefined);
    const made: Blob[] = [];
    const names: string[] = [];
    Object.assign(URL, {
      createObjectURL: (blob: Blob) => {
        made.push(blob);
        return 'blob:x';
      },
      revokeObjectURL: jest.fn()
    });
    jest
      .spyOn(HTMLAnchorElement.prototype, 'click')
      .mockImplementation(function (this: HTMLAnchorElement) {
        names.push(this.download);
      });
    const manifest =
      'kind: PodDefault\nmetadata:\n  name: access-ml-pipeline\n';
    const { user } = await open(
      unreachable({
        code: 'token-missing',
        remedy: remedy('Apply it.', manifest, 'access-ml-pipeline.yaml')
      })
    );
    await user.click(screen.getByRole('button', { name: 'Copy' }));
    expect(copied).toHaveBeenCalledWith(manifest);
    expect(screen.getByRole('button', { name: 'Copied' })).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Download' }));
    expect(names).toEqual(['access-ml-pipeline.yaml']);
    expect(made.map(({ size }) => size)).toEqual([manifest.length]);
    expect(await contentOf(made[0])).toBe(manifest);
  });

  it.each(['tls-untrusted', 'wrong-path'])(
    'sends who may not mend %s to the administrator',
    async code => {
      await open(
        unreachable(
          { code, remedy: remedy('Do so.', 'https://kf.example.com/x') },
          { source: 'admin', locked: true }
        )
      );
      expect(screen.getByText(/An administrator has to/)).toBeVisible();
      expect(screen.getByText('Do so.')).toBeVisible();
      expect(screen.queryByRole('button', { name: /^Use/ })).toBeNull();
      expect(screen.queryByLabelText('CA certificate file')).toBeNull();
    }
  );

  it('shows a command within a remedy as one', async () => {
    await open(
      unreachable({
        code: 'token-missing',
        remedy: remedy('Run `kubectl get pods` there.')
      })
    );
    expect(screen.getByText('kubectl get pods').tagName).toBe('CODE');
  });

  it('leads to where an answer that nobody knows is told, said once', async () => {
    const link = 'https://git.example.com/issues';
    const text = `Look there. Else open an issue at ${link} with this answer.`;
    await open(
      unreachable({ code: 'not-kfp', remedy: { ...remedy(text)!, link } })
    );
    expect(
      screen.getByText('Look there. Else open an issue with this answer.')
    ).toBeVisible();
    expect(screen.getByRole('link', { name: /Open an issue/ })).toHaveAttribute(
      'href',
      link
    );
  });

  it('leads to the address when nothing answers there', async () => {
    const { user } = await open(
      unreachable({ code: 'connection-refused', remedy: remedy('Start it.') })
    );
    await user.click(
      screen.getByRole('button', { name: 'Change the address' })
    );
    expect(screen.getByLabelText('Address')).toHaveValue(
      'https://kubeflow.example.com/pipeline'
    );
  });

  it('offers the path that answers, in one click', async () => {
    const { server, user } = await open(
      unreachable(
        {
          code: 'wrong-path',
          remedy: remedy(
            'Use the path that answers.',
            'http://localhost:8080/pipeline'
          )
        },
        { host: 'http://localhost:8080' }
      )
    );
    await user.click(screen.getByRole('button', { name: 'Use /pipeline' }));
    await waitFor(() => expect(server.changes).toHaveLength(2));
    expect(server.changes).toMatchObject([
      { method: 'PUT', body: { host: 'http://localhost:8080/pipeline' } },
      { method: 'POST', path: 'connections/work/connect' }
    ]);
  });

  it('takes a CA file, or a no to verification with its warning', async () => {
    const { server, user } = await open(
      unreachable({ code: 'tls-untrusted', remedy: remedy('Name the file.') })
    );
    await user.type(screen.getByLabelText('CA certificate file'), '/ca.pem');
    await user.click(screen.getByLabelText(/Skip the verification/));
    expect(screen.getByText(/can then read and change/)).toBeVisible();
    await user.click(screen.getByRole('button', { name: /try again/ }));
    await waitFor(() =>
      expect(server.changes[0].body).toEqual({
        ssl_ca_cert: '/ca.pem',
        verify_ssl: false
      })
    );
  });

  it('warns as long as a certificate is not verified', async () => {
    const { server, user } = await open(connected({ verify_ssl: false }));
    expect(screen.getByText(/is not verified/)).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Verify it' }));
    await waitFor(() =>
      expect(server.changes[0].body).toEqual({ verify_ssl: true })
    );
  });

  it('puts a client in any open notebook, and a cell that uses it', async () => {
    const { tracker, user } = await open(connected());
    const [, explore] = tracker.panels;
    await user.click(
      screen.getByRole('button', { name: 'Put it in explore.ipynb' })
    );
    await user.click(
      await screen.findByRole('button', {
        name: 'Insert a cell in explore.ipynb'
      })
    );
    expect(explore.inserted).toHaveLength(1);
  });

  it('asks for a namespace where one is needed', async () => {
    const [reachable, signedIn] = connected().rungs;
    const { server, user } = await open(
      connected({
        namespace: null,
        rungs: [
          reachable,
          signedIn,
          rung('authorized', 'failed', {
            code: 'namespace-needed',
            remedy: remedy('Choose one.')
          })
        ]
      })
    );
    await user.type(screen.getByLabelText('Namespace'), 'team-b{Enter}');
    await waitFor(() =>
      expect(server.changes[0].body).toEqual({ namespace: 'team-b' })
    );
  });
});
