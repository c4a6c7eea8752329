import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
// In an extension of your own: from 'jupyter-kfp-connect'.
import { IKfpConnection } from '..';

/**
 * An extension of another package: a command that puts the client of one
 * connection in the notebook in front, and tells in which namespace it works.
 */
const example: JupyterFrontEndPlugin<void> = {
  // eslint-disable-next-line jupyter/plugin-id-convention
  id: 'my-extension:train',
  description: 'Gives the notebook in front a client of the connection prod.',
  autoStart: true,
  optional: [IKfpConnection],
  activate: (app: JupyterFrontEnd, kfp: IKfpConnection | null): void => {
    if (!kfp) {
      return; // jupyter-kfp-connect is not installed
    }
    const prod = () => kfp.connections.find(({ name }) => name === 'prod');
    app.commands.addCommand('my-extension:train', {
      label: () => `Train in ${prod()?.namespace ?? 'production'}`,
      describedBy: { args: { type: 'object', properties: {} } },
      isEnabled: () => prod()?.signed_in_as !== undefined,
      execute: async () => {
        await kfp.load();
        const notebook = kfp.notebooks.current;
        if (!notebook) {
          return 'no notebook is open';
        }
        const rung = await kfp.notebooks.put(notebook.panel, 'prod');
        return rung.state === 'ok'
          ? `kfp_client is ready in ${notebook.label}`
          : rung.detail;
      }
    });
    // Nothing is polled: the server tells of every change.
    kfp.changed.connect(() => app.commands.notifyCommandChanged());
  }
};

export default example;
