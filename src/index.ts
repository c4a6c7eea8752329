import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import { IConsoleTracker } from '@jupyterlab/console';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { KfpApi } from './api';
import { CommandIDs, PANEL_ID, addCommands } from './commands';
import { ServerEvents } from './events';
import { KfpConnectionModel } from './model';
import { type ArmPolicy, KfpNotebooks } from './notebooks';
import { PanelController } from './panel/controller';
import { KfpPanel } from './panel/widget';
import { KfpStatusItem } from './statusbar';
import { IKfpConnection } from './tokens';
import { KfpToolbarItem } from './toolbar';
import { WaitingCells } from './waitingcells';

/**
 * The domain of the translations.
 */
const DOMAIN = 'jupyter_kfp_connect';

/**
 * Keeps the state of the connections and puts clients in notebooks.
 */
const model: JupyterFrontEndPlugin<IKfpConnection> = {
  id: 'jupyter-kfp-connect:model',
  description:
    'Keeps the state of the connections to Kubeflow Pipelines and puts clients in notebooks.',
  autoStart: true,
  provides: IKfpConnection,
  optional: [INotebookTracker, ISettingRegistry, ITranslator, IConsoleTracker],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker | null,
    settings: ISettingRegistry | null,
    translator: ITranslator | null,
    consoles: IConsoleTracker | null
  ): IKfpConnection => {
    const trans = (translator ?? nullTranslator).load(DOMAIN);
    const { serviceManager } = app;
    const api = new KfpApi(serviceManager.serverSettings, trans);
    const events = new ServerEvents(serviceManager.serverSettings);
    const model = new KfpConnectionModel({
      api,
      events,
      services: serviceManager
    });
    const notebooks = new KfpNotebooks({
      model,
      notebooks: tracker,
      consoles,
      shell: app.shell,
      // Who may only read tells nothing; this window knows all the same.
      report: (id, report) => api.report(id, report).catch(() => undefined),
      trans
    });
    model.notebooks = notebooks;
    model.waiting = new WaitingCells({ api, events, notebooks });
    void settings?.load('jupyter-kfp-connect:model').then(loaded => {
      const read = () => {
        notebooks.policy = loaded.get('arm').composite as ArmPolicy;
        notebooks.variable = loaded.get('variable').composite as string;
      };
      read();
      loaded.changed.connect(read, notebooks);
    });
    return model;
  }
};

/**
 * The panel in the side bar.
 */
const panel: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-kfp-connect:panel',
  description: 'Shows the connection to Kubeflow Pipelines in the side bar.',
  autoStart: true,
  requires: [IKfpConnection],
  optional: [ILayoutRestorer, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    model: IKfpConnection,
    restorer: ILayoutRestorer | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load(DOMAIN);
    const { commands, shell } = app;
    const openSettings = () => {
      // Applications without a settings editor have no such command.
      if (commands.hasCommand('settingeditor:open')) {
        void commands.execute('settingeditor:open', {
          query: trans.__('Kubeflow Pipelines')
        });
      }
    };
    const controller = new PanelController({ model, trans, openSettings });
    const widget = new KfpPanel(controller);
    shell.add(widget, 'left', { rank: 450 });
    model.waiting.wanted.connect((_, cell) => {
      void controller.summons.call(cell);
      shell.activateById(PANEL_ID);
    }, widget);
    restorer?.add(widget, widget.id);
  }
};

/**
 * The item in the status bar, where the application has one.
 */
const status: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-kfp-connect:status',
  description:
    'Shows the state of the connection to Kubeflow Pipelines in the status bar.',
  autoStart: true,
  requires: [IKfpConnection],
  optional: [IStatusBar, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    model: IKfpConnection,
    statusBar: IStatusBar | null,
    translator: ITranslator | null
  ): void => {
    if (!statusBar) {
      return;
    }
    const trans = (translator ?? nullTranslator).load(DOMAIN);
    const item = new KfpStatusItem({
      model,
      trans,
      openPanel: () => void app.commands.execute(CommandIDs.openPanel)
    });
    statusBar.registerStatusItem(status.id, {
      item,
      align: 'left',
      rank: 20
    });
    void app.restored.then(() => model.load());
  }
};

/**
 * The item in each notebook's toolbar.
 */
const toolbar: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-kfp-connect:toolbar',
  description:
    'Shows in each notebook’s toolbar whether the notebook has a Kubeflow Pipelines client.',
  autoStart: true,
  requires: [IKfpConnection],
  optional: [IToolbarWidgetRegistry, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    model: IKfpConnection,
    registry: IToolbarWidgetRegistry | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load(DOMAIN);
    registry?.addFactory<NotebookPanel>('Notebook', 'kfp-connect', panel => {
      void model.load();
      return new KfpToolbarItem({
        model,
        panel,
        commands: app.commands,
        trans
      });
    });
  }
};

/**
 * The commands, and their place in the palette.
 */
const commands: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-kfp-connect:commands',
  description: 'Adds the commands for Kubeflow Pipelines.',
  autoStart: true,
  requires: [IKfpConnection],
  optional: [ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    model: IKfpConnection,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load(DOMAIN);
    addCommands({ app, model, trans });
    const category = trans.__('Kubeflow Pipelines');
    for (const command of Object.values(CommandIDs)) {
      palette?.addItem({ command, category });
    }
    model.changed.connect(() => app.commands.notifyCommandChanged(), app);
  }
};

const plugins: JupyterFrontEndPlugin<any>[] = [
  model,
  panel,
  status,
  toolbar,
  commands
];

export default plugins;
export type * from './_contract';
export * from './tokens';
