import { act, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';
import { PanelController } from '../panel/controller';
import PanelView from '../panel/view';
import { connected, connection, signedOut } from './answers';
import { setUp, trans } from './fakes';
import { open } from './panel';

describe('the first look', () => {
  it('looks around once, when the panel is first seen', async () => {
    const house = setUp();
    const controller = new PanelController({
      model: house.model,
      trans,
      openSettings: null
    });
    render(<PanelView controller={controller} />);
    expect(house.server.asked).toEqual([]);
    await act(async () => controller.open());
    await waitFor(() => expect(house.server.changes).toHaveLength(1));
    await act(async () => controller.show('main'));
    expect(house.server.changes).toEqual([
      { method: 'POST', path: 'detect', body: {} }
    ]);
  });

  it('offers what was found, a click away', async () => {
    const found = signedOut({
      name: 'local-8080',
      host: 'http://localhost:8080/pipeline',
      source: 'detected'
    });
    const { server, user, controller } = await open();
    server.answers.set('POST detect', () => {
      server.put(found);
      return { found: [found], attempts: [] };
    });
    await act(() => controller.detect(true));
    server.answers.set('POST connections/local-8080/connect', () => found);
    await user.click(
      screen.getByRole('button', { name: 'Connect to localhost:8080/pipeline' })
    );
    expect(server.changes.slice(-1)[0].body).toEqual({});
    expect(await screen.findByLabelText('User name')).toHaveFocus();
  });

  it('takes address, user name and password in one go', async () => {
    const { server, user } = await open();
    await user.type(
      screen.getByLabelText('Address'),
      'http://localhost:8080/pipeline'
    );
    await user.tab();
    await user.keyboard('user@example.com');
    await user.tab();
    await user.keyboard('12341234');
    server.answers.set('POST connections/localhost-8080/connect', () =>
      connected({ name: 'localhost-8080' })
    );
    await user.keyboard('{Enter}');
    expect(await screen.findByText('Disconnect')).toBeVisible();
    expect(server.changes.slice(-2)).toEqual([
      {
        method: 'PUT',
        path: 'connections/localhost-8080',
        body: {
          host: 'http://localhost:8080/pipeline',
          title: 'localhost:8080',
          username: 'user@example.com'
        }
      },
      {
        method: 'POST',
        path: 'connections/localhost-8080/connect',
        body: {
          username: 'user@example.com',
          password: '12341234',
          remember: 'server'
        }
      }
    ]);
  });

  it('loses nothing that was typed when the address is refused', async () => {
    const { server, user } = await open();
    server.answers.set('PUT connections/a-b', () => ({
      error: {
        code: 'bad-request',
        message: 'host: it has a space in it.',
        remedy: 'Give the address as in the browser.',
        retryable: false
      }
    }));
    await user.type(screen.getByLabelText('Address'), 'a b');
    await user.type(screen.getByLabelText('User name'), 'jane');
    await user.type(screen.getByLabelText('Password'), 'pw{Enter}');
    const address = await screen.findByDisplayValue('a b');
    expect(address).toHaveAccessibleDescription(/has a space in it/);
    expect(address).toHaveFocus();
    expect(screen.getByLabelText('User name')).toHaveValue('jane');
    await user.type(address, 'c');
    expect(address).not.toHaveAccessibleDescription(/space/);
  });

  it('says what was tried, how long it took, and what starts it', async () => {
    const { server, controller } = await open();
    server.answers.set('POST detect', () => ({
      found: [],
      attempts: [
        {
          way: 'service-account-token',
          host: null,
          code: 'token-missing',
          reason: 'no file',
          ms: 0
        },
        {
          way: 'auto',
          host: 'http://localhost:3000',
          code: 'connection-refused',
          reason: 'nothing listens',
          ms: 412,
          remedy: {
            text: 'Start it in a terminal.',
            copy: 'kubectl port-forward svc/ml-pipeline-ui 3000:80',
            filename: null,
            link: null
          }
        }
      ]
    }));
    await act(() => controller.detect(true));
    expect(screen.getByText(/Looked around in 0\.4 s/)).toHaveTextContent(
      'no token is mounted here; nothing answers at the usual addresses.'
    );
    expect(screen.getByText('localhost:3000')).toBeInTheDocument();
    expect(screen.getByText('nothing listens (412 ms)')).toBeInTheDocument();
    expect(screen.getByLabelText('Text to copy')).toHaveTextContent(/3000:80$/);
    const copy = screen.getByRole('button', { name: 'Copy', hidden: true });
    expect(copy.closest('details')).toHaveTextContent(/^[^:]*what to do/);
  });

  it('says once what lets the proxy through that several addresses met', async () => {
    const { server, controller } = await open();
    const remedy = {
      text: 'Add .svc.cluster.local to both, then restart that server.',
      copy: 'export NO_PROXY=.svc.cluster.local',
      filename: null,
      link: null
    };
    const code = 'proxy-failed';
    const tried = ['http://a.kubeflow.svc', 'http://b.kubeflow.svc'].map(
      host => ({ way: 'auto', host, code, reason: 'no way', ms: 3, remedy })
    );
    server.answers.set('POST detect', () => ({ found: [], attempts: tried }));
    await act(() => controller.detect(true));
    expect(screen.getByLabelText('Text to copy')).toHaveTextContent(
      remedy.copy
    );
    expect(screen.getByText(remedy.text).closest('details')).toHaveTextContent(
      /^What was tried, and what to do/
    );
  });

  it('offers what the environment names, and says why it does not answer', async () => {
    const host = 'https://kf.example.com/pipeline';
    const named = connection({ name: 'environment', host, source: 'detected' });
    const { server, controller } = await open();
    const reason = 'the certificate is not one that this machine trusts';
    const code = 'tls-untrusted';
    server.answers.set('POST detect', () => ({
      found: [named],
      attempts: [{ way: 'auto', host, code, reason, ms: 3 }]
    }));
    await act(() => controller.detect(true));
    expect(
      screen.getByText('Looked around: nothing answers at the usual addresses.')
    ).toBeVisible();
    expect(screen.getByText(reason)).toBeVisible();
    expect(
      screen.getByRole('button', { name: 'Connect to kf.example.com/pipeline' })
    ).toBeVisible();
  });

  it('says nothing of a time that is too short to tell', async () => {
    const { server, controller } = await open();
    server.answers.set('POST detect', () => ({
      found: [],
      attempts: [{ way: 'auto', host: null, code: 'x', reason: 'y', ms: 3 }]
    }));
    await act(() => controller.detect(true));
    expect(
      screen.getByText('Looked around: nothing answers at the usual addresses.')
    ).toBeVisible();
  });

  it('starts the sandbox on one press', async () => {
    const { server, user } = await open();
    const sandbox = signedOut({ name: 'sandbox', source: 'sandbox' });
    server.answers.set('POST sandbox', () => sandbox);
    await user.click(screen.getByRole('button', { name: 'Try the sandbox' }));
    expect(await screen.findByLabelText('User name')).toHaveValue(
      'user@example.com'
    );
    expect(screen.getByLabelText('Password')).toHaveFocus();
  });

  it('asks before a password goes where it can be read', async () => {
    const { server, user } = await open();
    await user.type(screen.getByLabelText('Address'), 'http://kf.example.com');
    await user.type(screen.getByLabelText('User name'), 'jane');
    await user.type(screen.getByLabelText('Password'), 'pw{Enter}');
    expect(server.changes.map(({ method }) => method)).not.toContain('PUT');
    await user.click(screen.getByRole('button', { name: 'Send it anyway' }));
    await waitFor(() =>
      expect(server.changes.slice(-1)[0].body).toMatchObject({ password: 'pw' })
    );
  });

  it('offers nothing that the administrator forbids', async () => {
    const house = setUp();
    house.server.locked = true;
    const controller = new PanelController({
      model: house.model,
      trans,
      openSettings: null
    });
    render(<PanelView controller={controller} />);
    await act(async () => controller.open());
    expect(await screen.findByText(/administrator keeps/)).toBeVisible();
    expect(screen.queryByLabelText('Address')).toBeNull();
  });
});

describe('a server without the extension', () => {
  it('is told of, with what to do', async () => {
    const house = setUp();
    house.server.answers.set('GET connections', () => 404);
    const controller = new PanelController({
      model: house.model,
      trans,
      openSettings: null
    });
    render(<PanelView controller={controller} />);
    await act(async () => controller.open());
    expect(
      await screen.findByText(/Install jupyter-kfp-connect/)
    ).toBeVisible();
  });

  it('can be asked again', async () => {
    const { server, user, controller, view } = await failing(() => 500);
    expect(await screen.findByText(/answered 500/)).toBeVisible();
    server.answers.clear();
    server.put(connected());
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('Reachable')).toBeVisible();
    expect(controller.model.problem).toBeNull();
    view.unmount();
  });

  it('is told of whatever the failure was, and whenever it came', async () => {
    await failing(() => {
      throw new Error('the line was cut');
    });
    expect(await screen.findByRole('alert')).toBeVisible();
    expect(screen.getByRole('button', { name: 'Try again' })).toBeVisible();
  });

  it('is not waited for in silence', async () => {
    await failing(() => new Promise(() => undefined));
    expect(screen.getByText('Asking the Jupyter server…')).toBeVisible();
  });
});

/** A panel whose first question is answered badly. */
async function failing(answer: () => unknown) {
  const house = setUp();
  house.server.answers.set('GET connections', answer);
  const controller = new PanelController({
    model: house.model,
    trans,
    openSettings: null
  });
  const view = render(<PanelView controller={controller} />);
  await act(async () => controller.open());
  return { ...house, controller, view, user: userEvent.setup() };
}
