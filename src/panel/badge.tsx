import React from 'react';
import { useController } from './context';

/**
 * Marks what belongs to the sandbox and is no real Kubeflow.
 */
export function SandboxBadge(): JSX.Element {
  const { trans } = useController();
  return <span className="kfp-Badge">{trans.__('sandbox')}</span>;
}
