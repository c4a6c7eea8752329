import { Button, settingsIcon } from '@jupyterlab/ui-components';
import React from 'react';
import { useController } from './context';

/**
 * The panel's title and the way to its settings.
 */
export function Head(): JSX.Element {
  const { trans, openSettings } = useController();
  return (
    <div className="kfp-Head">
      <h2>{trans.__('Kubeflow Pipelines')}</h2>
      {openSettings && (
        <Button
          minimal
          className="kfp-Icon"
          title={trans.__('Settings')}
          aria-label={trans.__('Settings')}
          onClick={openSettings}
        >
          <settingsIcon.react tag="span" />
        </Button>
      )}
    </div>
  );
}
