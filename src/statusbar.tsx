import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import React from 'react';
import { isSandbox } from './connections';
import { statusLabel } from './texts';
import type { IKfpConnection } from './tokens';

/**
 * What the status item needs.
 */
interface IStatusItemOptions {
  /** The connections. */
  model: IKfpConnection;
  /** For the texts. */
  trans: TranslationBundle;
  /** Opens the panel. */
  openPanel: () => void;
}

/**
 * The connection's state in the status bar; a click opens the panel.
 */
export class KfpStatusItem extends ReactWidget {
  /**
   * @param options - what the item needs
   */
  constructor(options: IStatusItemOptions) {
    super();
    this._options = options;
    this.addClass('kfp-Status');
    this.addClass('jp-mod-highlighted');
  }

  protected render(): JSX.Element {
    const { model, trans, openPanel } = this._options;
    return (
      <UseSignal signal={model.changed} initialSender={model}>
        {() => {
          const { text, tone, description } = statusLabel(model, trans);
          return (
            <button
              type="button"
              className="kfp-Status-button jp-StatusBar-TextItem"
              title={description}
              aria-label={description}
              onClick={openPanel}
            >
              <span className={`kfp-Dot kfp-mod-${tone}`} aria-hidden="true" />
              <span className="kfp-Status-text">{text}</span>
              {model.current && isSandbox(model.current) && (
                <span className="kfp-Badge">{trans.__('sandbox')}</span>
              )}
            </button>
          );
        }}
      </UseSignal>
    );
  }

  private readonly _options: IStatusItemOptions;
}
