import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  ReactWidget,
  UseSignal,
  caretDownEmptyThinIcon
} from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';
import React from 'react';
import { CommandIDs } from './commands';
import { isSandbox } from './connections';
import { notebookLabel } from './texts';
import type { IKfpConnection } from './tokens';

/**
 * What the toolbar item needs.
 */
interface IToolbarItemOptions {
  /** The connections. */
  model: IKfpConnection;
  /** The notebook whose toolbar it is in. */
  panel: NotebookPanel;
  /** Where the menu's commands are. */
  commands: CommandRegistry;
  /** For the texts. */
  trans: TranslationBundle;
}

/**
 * Says in a notebook's toolbar whether the notebook has a client; a click
 * opens a small menu.
 */
export class KfpToolbarItem extends ReactWidget {
  /**
   * @param options - what the item needs
   */
  constructor(options: IToolbarItemOptions) {
    super();
    this._options = options;
    this.addClass('kfp-ToolbarItem');
    this._menu = new Menu({ commands: options.commands });
    for (const command of [
      CommandIDs.putHere,
      CommandIDs.insertCell,
      CommandIDs.disconnect
    ]) {
      this._menu.addItem({ command, args: { short: true } });
    }
    this._menu.addItem({ type: 'separator' });
    this._menu.addItem({
      command: CommandIDs.openPanel,
      args: { short: true }
    });
  }

  dispose(): void {
    this._menu.dispose();
    super.dispose();
  }

  protected render(): JSX.Element {
    const { model, panel, trans } = this._options;
    const { notebooks } = model;
    return (
      <UseSignal signal={notebooks.changed} initialSender={notebooks}>
        {() => {
          const item = notebooks.of(panel);
          const { text, tone, description } = notebookLabel(item, trans);
          const connection = model.connections.find(
            each => each.name === item?.connection
          );
          return (
            <button
              type="button"
              className="kfp-Chip"
              title={description}
              aria-label={description}
              aria-haspopup="menu"
              onClick={event => this._open(event.currentTarget)}
            >
              <span className={`kfp-Dot kfp-mod-${tone}`} aria-hidden="true" />
              <span className={tone === 'ok' ? 'kfp-Code' : undefined}>
                {text}
              </span>
              {tone === 'ok' && connection && isSandbox(connection) && (
                <span className="kfp-Badge">{trans.__('sandbox')}</span>
              )}
              <caretDownEmptyThinIcon.react tag="span" className="kfp-Caret" />
            </button>
          );
        }}
      </UseSignal>
    );
  }

  private _open(button: HTMLElement): void {
    const { left, bottom } = button.getBoundingClientRect();
    this._menu.open(left, bottom);
  }

  private readonly _options: IToolbarItemOptions;
  private readonly _menu: Menu;
}
