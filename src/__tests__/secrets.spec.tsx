import { screen, waitFor } from '@testing-library/react';
import type { IConnection, ISignIn } from '../_contract';
import { connected, remedy, rung, signedOut } from './answers';
import { open } from './panel';

/** A connection whose token or cookie was refused. */
function refused(kind: ISignIn['kind']): IConnection {
  return signedOut({
    sign_in: { kind, others: [] },
    rungs: [
      rung('reachable', 'ok'),
      rung('signed-in', 'failed', {
        code: `${kind}-refused`,
        detail: 'it is over',
        remedy: remedy('Get another.'),
        checked_at: '2026-11-24T00:00:00Z'
      }),
      rung('authorized')
    ]
  });
}

describe.each([
  ['token', 'Token', { token: 's3cr3t' }],
  ['cookie', 'Session cookie', { cookies: 's3cr3t' }]
] as const)('a %s that is pasted', (kind, label, body) => {
  it('is hidden while it is there, and nowhere once it is sent', async () => {
    const { server, user, controller, view } = await open(refused(kind));
    const setItem = jest.spyOn(Storage.prototype, 'setItem');
    server.answers.set('POST connections/work/connect', () => refused(kind));
    const field = screen.getByLabelText(label);
    expect(field).toHaveAttribute('type', 'password');
    expect(field).toHaveAttribute('autocomplete', 'off');
    await user.click(field);
    await user.paste('s3cr3t');
    await user.keyboard('{Enter}');
    await waitFor(() =>
      expect(server.changes.map(each => each.body)).toEqual([
        { ...body, remember: 'server' }
      ])
    );
    const again = await screen.findByLabelText(label);
    expect(again).toHaveValue('');
    expect(again).toHaveFocus();
    expect(field).toHaveValue('');
    expect(view.container.innerHTML).not.toContain('s3cr3t');
    expect(JSON.stringify(controller.draft('id-work'))).not.toContain('s3cr3t');
    expect(setItem).not.toHaveBeenCalled();
  });

  it('that was forgotten is asked for at its field', async () => {
    const { server, user } = await open(refused(kind));
    await user.click(screen.getByRole('button', { name: 'Connect' }));
    const field = screen.getByLabelText(label);
    expect(field).toHaveFocus();
    expect(field).toBeInvalid();
    expect(field).toHaveAccessibleDescription(/^Paste a /);
    await user.type(field, 's');
    expect(field).toBeValid();
    expect(server.changes).toEqual([]);
  });

  it('comes with a word on where to get it', async () => {
    await open(refused(kind));
    expect(screen.getByLabelText(label)).toHaveAccessibleDescription(
      /^(As|From) /
    );
  });
});

describe('a session that nothing renews', () => {
  it('says until when it lasts', async () => {
    const until = 'jane@example.com, until 2026-11-25 at 08:09 UTC';
    const [reachable, , authorized] = connected().rungs;
    await open(
      connected({
        renews: false,
        expires_at: '2026-11-25T08:09:00Z',
        rungs: [
          reachable,
          rung('signed-in', 'ok', { detail: until }),
          authorized
        ]
      })
    );
    expect(screen.getByText(until)).toBeVisible();
    expect(screen.queryByText(/renews itself/)).toBeNull();
  });
});
