import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import React, { Suspense, lazy } from 'react';
import { PANEL_ID } from '../commands';
import { kfpIcon } from '../icons';
import type { PanelController } from './controller';

/**
 * The content, loaded when the panel is first drawn.
 */
const PanelView = lazy(() => import('./view'));

/**
 * Where a person goes on, most likely first.
 */
const GO_ON = [
  'input[type="password"]',
  '.jp-mod-accept',
  'input',
  '.kfp-Ladder',
  'button'
];

/**
 * The panel in the side bar.
 */
export class KfpPanel extends ReactWidget {
  /**
   * @param controller - the panel's memory and actions
   */
  constructor(controller: PanelController) {
    super();
    this._controller = controller;
    const { trans } = controller;
    this.id = PANEL_ID;
    this.addClass('kfp-Panel');
    this.title.icon = kfpIcon;
    this.title.caption = trans.__('Kubeflow Pipelines');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Kubeflow Pipelines'));
  }

  protected render(): JSX.Element {
    return (
      <Suspense fallback={null}>
        <PanelView controller={this._controller} />
      </Suspense>
    );
  }

  /**
   * Somebody asked for the panel: the keyboard goes on where a person would.
   *
   * The command palette brings the notebook back right after the command, so
   * this waits for the end of that.
   */
  protected onActivateRequest(): void {
    const { node } = this;
    window.setTimeout(() => {
      if (!node.contains(document.activeElement)) {
        const next = GO_ON.flatMap(each => [
          ...node.querySelectorAll<HTMLElement>(each)
        ]).find(each => !each.closest('[hidden]'));
        next?.focus({ preventScroll: true });
      }
    });
  }

  protected onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this._controller.isVisible = this.isVisible;
  }

  protected onAfterShow(): void {
    this._controller.isVisible = true;
  }

  protected onAfterHide(): void {
    this._controller.isVisible = false;
  }

  private readonly _controller: PanelController;
}
