import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { KfpApiError } from './api';
import { isConnected } from './connections';
import { kfpIcon } from './icons';
import type { IKfpConnection } from './tokens';

/**
 * The commands' ids.
 */
export namespace CommandIDs {
  export const openPanel = 'jupyter-kfp-connect:open-panel';
  export const connect = 'jupyter-kfp-connect:connect';
  export const disconnect = 'jupyter-kfp-connect:disconnect';
  export const putHere = 'jupyter-kfp-connect:put-here';
  export const insertCell = 'jupyter-kfp-connect:insert-cell';
}

/**
 * The panel's id in the shell.
 */
export const PANEL_ID = 'jupyter-kfp-connect-panel';

/**
 * What the commands need.
 */
interface ICommandsOptions {
  /** The application. */
  app: JupyterFrontEnd;
  /** The connections. */
  model: IKfpConnection;
  /** For the labels. */
  trans: TranslationBundle;
}

/**
 * Add the commands to the application.
 */
export function addCommands({ app, model, trans }: ICommandsOptions): void {
  const { commands } = app;
  const describedBy = {
    args: {
      type: 'object' as const,
      properties: {
        short: {
          type: 'boolean',
          description: trans.__('Whether the label is in a menu of our own')
        }
      }
    }
  };
  const activeNotebook = (): NotebookPanel | null =>
    model.notebooks.current?.notebook ?? null;
  const isReady = (): boolean =>
    model.current !== null && isConnected(model.current);

  commands.addCommand(CommandIDs.openPanel, {
    label: ({ short }) =>
      short ? trans.__('Open panel') : trans.__('Open Kubeflow Pipelines'),
    caption: trans.__('Show the connection to Kubeflow Pipelines'),
    icon: kfpIcon,
    describedBy,
    execute: () => app.shell.activateById(PANEL_ID)
  });
  commands.addCommand(CommandIDs.connect, {
    label: trans.__('Connect to Kubeflow Pipelines'),
    caption: trans.__(
      'Connect, and put a client in the active notebook; opens the panel where a sign-in is needed'
    ),
    describedBy,
    isEnabled: () => !model.current?.busy,
    execute: async () => {
      await model.load();
      const { current } = model;
      try {
        const connection = current && (await model.connect(current.name, {}));
        if (!connection || !isConnected(connection)) {
          app.shell.activateById(PANEL_ID);
        }
      } catch (reason) {
        Notification.error(saying(reason));
      }
    }
  });
  commands.addCommand(CommandIDs.disconnect, {
    label: ({ short }) =>
      short
        ? trans.__('Disconnect')
        : trans.__('Disconnect from Kubeflow Pipelines'),
    caption: trans.__('Forget session and password, here and in every kernel'),
    describedBy,
    isEnabled: isReady,
    execute: async () => {
      try {
        if (model.current) {
          await model.disconnect(model.current.name);
        }
      } catch (reason) {
        Notification.error(saying(reason));
      }
    }
  });
  commands.addCommand(CommandIDs.putHere, {
    label: ({ short }) =>
      short
        ? trans.__('Put it here')
        : trans.__('Put a Kubeflow Pipelines Client Here'),
    caption: trans.__('Put a client in the active notebook’s kernel'),
    describedBy,
    isEnabled: () => isReady() && model.notebooks.current !== null,
    execute: async () => {
      const panel = model.notebooks.current?.panel;
      if (panel) {
        await model.notebooks.put(panel);
      }
    }
  });
  commands.addCommand(CommandIDs.insertCell, {
    label: ({ short }) =>
      short
        ? trans.__('Insert cell')
        : trans.__('Insert a Kubeflow Pipelines Cell'),
    caption: trans.__(
      'Insert a cell that uses the client below the active one'
    ),
    describedBy,
    isEnabled: () => activeNotebook() !== null,
    execute: () => {
      const panel = activeNotebook();
      if (panel) {
        model.notebooks.insertCell(panel);
      }
    }
  });
}

/**
 * Why a request was refused, and what to do about it.
 */
function saying(reason: unknown): string {
  return reason instanceof KfpApiError
    ? `${reason.message} ${reason.remedy}`
    : String(reason);
}
