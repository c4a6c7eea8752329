import { act, screen, waitFor } from '@testing-library/react';
import type { IConnection } from '../_contract';
import { connected, connection, remedy, rung, signedOut } from './answers';
import { open } from './panel';

type House = Awaited<ReturnType<typeof open>>;

const HOST = 'https://kf.example.com';
const PLACE = { name: 'kf.example.com', host: HOST, username: 'jane' };
const CLIMB = `POST connections/${PLACE.name}/connect`;

/** A connection whose host was not reached. */
function unreached(): IConnection {
  const failed = rung('reachable', 'failed', {
    code: 'connection-refused',
    detail: 'nothing listens there',
    remedy: remedy('Check it.')
  });
  const rungs: IConnection['rungs'] = [
    failed,
    rung('signed-in'),
    rung('authorized')
  ];
  return connection({ ...PLACE, rungs });
}

/** Type address, user name and password, and send them. */
async function typeAll({ user }: House): Promise<void> {
  await user.type(screen.getByLabelText('Address'), HOST);
  await user.type(screen.getByLabelText('User name'), 'jane');
  await user.click(screen.getByLabelText(/Stay signed in/));
  await user.type(screen.getByLabelText('Password'), 's3cr3t{Enter}');
}

/** Type all for a host that is not reached. */
async function typeInVain(): Promise<House> {
  const house = await open();
  house.server.answers.set(CLIMB, () => unreached());
  await typeAll(house);
  expect(await screen.findByText('nothing listens there')).toBeVisible();
  return house;
}

/** Put another state on the server and tell this window of it. */
async function tell(house: House, state: IConnection): Promise<void> {
  house.server.put(state);
  await act(async () => {
    house.events.emit();
    await house.model.refresh();
  });
}

describe('what was typed with an address', () => {
  it('is all still there where the user name is missing', async () => {
    const { server, user } = await open();
    await user.type(screen.getByLabelText('Address'), HOST);
    await user.type(screen.getByLabelText('Password'), 's3cr3t{Enter}');
    const name = screen.getByLabelText('User name');
    expect(name).toHaveFocus();
    expect(name).toHaveAccessibleDescription('Type your user name.');
    expect(screen.getByLabelText('Address')).toHaveValue(HOST);
    expect(screen.getByLabelText('Password')).toHaveValue('s3cr3t');
    expect(server.changes.map(({ path }) => path)).toEqual(['detect']);
    await user.keyboard('jane');
    expect(name).toBeValid();
  });

  it('is all still there where the address is refused', async () => {
    const house = await open();
    const body = { code: 'bad-host', message: 'host: no.', remedy: 'Mend it.' };
    house.server.answers.set(`PUT connections/${PLACE.name}`, () => ({
      error: body
    }));
    await typeAll(house);
    expect(await screen.findByText('no. Mend it.')).toBeVisible();
    expect(screen.getByLabelText('Password')).toHaveValue('s3cr3t');
    expect(screen.getByLabelText(/Stay signed in/)).not.toBeChecked();
  });

  it('is in the form again once the host can be reached', async () => {
    const setItem = jest.spyOn(Storage.prototype, 'setItem');
    const house = await typeInVain();
    const { server, user, view, controller } = house;
    expect(view.container.innerHTML).not.toContain('s3cr3t');
    expect(JSON.stringify(controller.draft(`id-${PLACE.name}`))).not.toContain(
      's3cr3t'
    );
    server.answers.set(CLIMB, () => signedOut(PLACE));
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    const field = await screen.findByLabelText('Password');
    await waitFor(() => expect(field).toBeVisible());
    expect(field).toHaveValue('s3cr3t');
    expect(field).toHaveFocus();
    expect(screen.getByLabelText('User name')).toHaveValue('jane');
    server.answers.set(CLIMB, () => connected(PLACE));
    await user.keyboard('{Enter}');
    expect(await screen.findByText('Disconnect')).toBeVisible();
    expect(server.changes.slice(-1)[0].body).toMatchObject({
      password: 's3cr3t',
      remember: 'no'
    });
    expect(setItem).not.toHaveBeenCalled();
  });

  it('is in the form again where the request was lost', async () => {
    const house = await open();
    const { server, user } = house;
    server.answers.set(CLIMB, () => Promise.reject(new TypeError('gone')));
    await typeAll(house);
    await screen.findByText('The Jupyter server does not answer.');
    server.answers.set(CLIMB, () => signedOut(PLACE));
    await user.click(screen.getByRole('button', { name: 'Connect' }));
    const field = await screen.findByLabelText('Password');
    await waitFor(() => expect(field).toBeVisible());
    expect(field).toHaveValue('s3cr3t');
  });

  it('is in the form where one of several ways to sign in has to be chosen', async () => {
    const house = await open();
    const asked = signedOut(PLACE);
    asked.rungs[1].code = 'connector-unknown';
    house.server.answers.set(CLIMB, () => asked);
    await typeAll(house);
    expect(
      await screen.findByRole('radio', { name: 'Company LDAP' })
    ).toBeVisible();
    await waitFor(() =>
      expect(screen.getByLabelText('Password')).toHaveValue('s3cr3t')
    );
  });

  it('is not for another host, whoever changed the address meanwhile', async () => {
    const house = await typeInVain();
    await tell(house, signedOut({ ...PLACE, host: 'https://b.example.com' }));
    expect(screen.getByLabelText('Password')).toHaveValue('');
    await tell(house, signedOut(PLACE));
    expect(screen.getByLabelText('Password')).toHaveValue('');
  });

  it.each([
    [
      'gone once somebody signed in elsewhere',
      [connected(PLACE), signedOut(PLACE)]
    ],
    [
      'for no host that somebody changed it to',
      [signedOut({ ...PLACE, host: 'https://b.example.com' })]
    ]
  ])('is for no other connection, and %s', async (_, [first, ...more]) => {
    const house = await open(signedOut({ username: 'jo' }));
    const { server, controller } = house;
    let answer = (_: IConnection) => {};
    const answered = new Promise<IConnection>(resolve => (answer = resolve));
    server.answers.set(CLIMB, () => answered);
    await act(async () => controller.show('new'));
    await typeAll(house);
    await waitFor(() => expect(server.asked.slice(-1)[0].path).toMatch(/kf/));
    await act(async () => controller.select('work'));
    await act(async () => answer(unreached()));
    expect(screen.getByLabelText('User name')).toHaveValue('jo');
    expect(screen.getByLabelText('Password')).toHaveValue('');
    await tell(house, first);
    await act(async () => controller.select(PLACE.name));
    for (const state of more) {
      await tell(house, state);
    }
    expect(screen.getByLabelText('User name')).toHaveValue('jane');
    expect(screen.getByLabelText('Password')).toHaveValue('');
  });
});
