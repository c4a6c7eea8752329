import { ServerConnection } from '@jupyterlab/services';
import { KfpApi, KfpApiError } from '../api';
import { connection } from './answers';
import { FakeServer, trans } from './fakes';

describe('a request that is refused', () => {
  const server = new FakeServer();
  const api = new KfpApi(server.settings, trans);

  async function refusal(request: Promise<unknown>): Promise<KfpApiError> {
    return request.then(
      () => Promise.reject(new Error('was not refused')),
      reason => reason
    );
  }

  it('says what is wrong and what to do, as the server does', async () => {
    const error = {
      code: 'bad-request',
      message: 'host: it has a space in it',
      remedy: 'Give the address as in the browser.',
      retryable: false
    };
    server.answers.set('PUT connections/a', () => ({ error }));
    const reason = await refusal(api.save('a', { host: 'a b' }));
    expect(reason).toBeInstanceOf(KfpApiError);
    expect(reason).toMatchObject({ ...error, status: 400 });
  });

  it('says so when the server extension is missing', async () => {
    server.answers.set('GET connections', () => 404);
    expect(await refusal(api.connections())).toMatchObject({
      code: 'extension-missing',
      remedy: expect.stringContaining('Install')
    });
  });

  it('is no riddle when something else answers', async () => {
    server.answers.set('GET connections', () => 200);
    expect((await refusal(api.connections())).code).toBe('bad-answer');
  });

  it('says so when nothing answers', async () => {
    const fetch = () => Promise.reject(new TypeError('Failed to fetch'));
    const settings = ServerConnection.makeSettings({ fetch });
    const reason = await refusal(new KfpApi(settings, trans).connections());
    expect(reason).toMatchObject({
      code: 'server-unreachable',
      retryable: true,
      status: 0
    });
  });

  it('is not made of an answer without content', async () => {
    server.put(connection());
    server.answers.set('DELETE connections/work', () => 204);
    await expect(api.remove('work')).resolves.toBeUndefined();
  });
});
