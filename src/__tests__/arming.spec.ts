import type { Kernel } from '@jupyterlab/services';
import { arm } from '../arming';
import { FakeKernel, text, trans } from './fakes';

const OPTIONS = { connection: 'work', variable: 'kfp_client', namespace: null };

async function armed(kernel: FakeKernel) {
  const connection = kernel as unknown as Kernel.IKernelConnection;
  return arm(connection, OPTIONS, trans);
}

async function put(kernel: FakeKernel) {
  return (await armed(kernel)).rung;
}

describe('putting a client in a kernel', () => {
  it('leaves no trace in history, prompts and other windows', async () => {
    const kernel = new FakeKernel();
    await put(kernel);
    expect(kernel.requests).toEqual([
      {
        code: '',
        silent: true,
        store_history: false,
        user_expressions: expect.objectContaining({
          armed: expect.stringContaining('.arm("work", "kfp_client", None)')
        })
      }
    ]);
  });

  it('holds when the kernel says armed, or live', async () => {
    const kernel = new FakeKernel();
    expect(await put(kernel)).toMatchObject({ state: 'ok', detail: 'armed' });
    kernel.expressions.armed = text('{"state": "live"}');
    expect(await put(kernel)).toMatchObject({ state: 'ok', detail: 'live' });
  });

  it('passes on which session a kernel elsewhere could not take over', async () => {
    const kernel = new FakeKernel();
    kernel.expressions.armed = text(
      '{"state": "armed", "code": "kernel-remote", "detail": "cannot take over the session of prod"}'
    );
    expect(await put(kernel)).toMatchObject({
      state: 'ok',
      code: 'kernel-remote',
      detail: 'cannot take over the session of prod'
    });
    expect((await armed(kernel)).report).toBeNull();
  });

  it('passes on why the kernel could not', async () => {
    const kernel = new FakeKernel();
    kernel.expressions.armed = text(
      '{"state": "failed", "code": "name-taken", "detail": "kfp_client is a list", "remedy": {"text": "Choose another name.", "copy": null, "filename": null, "link": null}}'
    );
    expect(await put(kernel)).toMatchObject({
      state: 'failed',
      code: 'name-taken',
      detail: 'kfp_client is a list',
      remedy: { text: 'Choose another name.' }
    });
  });

  it('gives the install line of that very kernel', async () => {
    const kernel = new FakeKernel();
    kernel.expressions.armed = {
      status: 'error',
      ename: 'ModuleNotFoundError',
      evalue: "No module named 'jupyter_kfp_connect'"
    };
    expect(await put(kernel)).toMatchObject({
      state: 'failed',
      code: 'package-missing',
      detail: 'Python 3.12.1 of this kernel has no jupyter-kfp-connect',
      remedy: {
        copy: '/opt/env/bin/python -m pip install jupyter-kfp-connect'
      }
    });
  });

  it('quotes an interpreter whose path has spaces', async () => {
    const kernel = new FakeKernel();
    kernel.expressions.python = text('/opt/my env/bin/python');
    kernel.expressions.armed = {
      status: 'error',
      ename: 'ModuleNotFoundError',
      evalue: "No module named 'jupyter_kfp_connect.kernel.arming'"
    };
    expect(await put(kernel)).toMatchObject({
      code: 'package-too-old',
      remedy: {
        copy: '"/opt/my env/bin/python" -m pip install --upgrade jupyter-kfp-connect'
      }
    });
  });

  it('asks nothing of a kernel that is not Python', async () => {
    const kernel = new FakeKernel('kernel-1', 'R');
    expect(await put(kernel)).toMatchObject({
      code: 'kernel-unsupported',
      detail: expect.stringContaining('runs R')
    });
    expect(kernel.requests).toEqual([]);
  });

  it.each([
    ['raises', { status: 'error', ename: 'ValueError', evalue: 'no' }],
    ['answers nonsense', text('hello')],
    ['answers nothing', undefined]
  ])('is a failure with a remedy when the kernel %s', async (_, answer) => {
    const kernel = new FakeKernel();
    kernel.expressions.armed = answer;
    const { code, remedy } = await put(kernel);
    expect(code).toBe('not-armed');
    expect(remedy?.text).not.toBe('');
  });
});

describe('what a kernel cannot tell the server', () => {
  const missing = (name: string) => ({
    status: 'error',
    ename: 'ModuleNotFoundError',
    evalue: `No module named '${name}'`
  });

  it('is told by the window: a missing package, with the interpreter', async () => {
    const kernel = new FakeKernel();
    kernel.expressions.armed = missing('jupyter_kfp_connect');
    expect((await armed(kernel)).report).toEqual({
      variable: 'kfp_client',
      connection: 'work',
      code: 'package-missing',
      python: '/opt/env/bin/python',
      version: '3.12.1'
    });
  });

  it('is told by the window: an older package, with its version', async () => {
    const kernel = new FakeKernel();
    kernel.expressions.armed = missing('jupyter_kfp_connect.kernel.arming');
    kernel.expressions.package = text('0.0.3');
    expect((await armed(kernel)).report).toMatchObject({
      code: 'package-too-old',
      version: '0.0.3'
    });
  });

  it('is nothing where the kernel told it itself', async () => {
    const kernel = new FakeKernel();
    expect((await armed(kernel)).report).toBeNull();
    kernel.expressions.armed = text(
      '{"state": "failed", "code": "name-taken", "detail": "", "remedy": null}'
    );
    expect((await armed(kernel)).report).toBeNull();
  });
});
