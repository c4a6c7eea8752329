import React, { useEffect, useState } from 'react';
import type { IConnection } from '../_contract';
import { namespaceOf } from '../connections';
import type { ManifestKind } from '../tokens';
import { useController } from './context';
import { Copying, ToCopy } from './copying';
import { ProblemNote } from './problem';

/**
 * The manifests that Kubeflow's guide has people apply, filled in: made by the
 * Jupyter server, and asked for when somebody opens them.
 */
export function Manifests(props: { connection: IConnection }): JSX.Element {
  const { trans } = useController();
  const [isOpen, setOpen] = useState(false);
  const [kind, setKind] = useState<ManifestKind>('pod-default');
  const namespace = namespaceOf(props.connection);
  const uses: Record<ManifestKind, string> = {
    'pod-default': trans.__('PodDefault: a token for notebooks'),
    pod: trans.__('Pod: a pod with a token'),
    'role-binding': trans.__('RoleBinding: work in a namespace')
  };
  return (
    <details
      className="kfp-Section"
      onToggle={event => setOpen(event.currentTarget.open)}
    >
      <summary>{trans.__('Manifests for kubectl')}</summary>
      {isOpen && (
        <>
          <select
            className="kfp-Input"
            aria-label={trans.__('Manifest')}
            value={kind}
            onChange={event => setKind(event.target.value as ManifestKind)}
          >
            {Object.entries(uses).map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
          <Manifest
            key={`${kind} ${namespace}`}
            kind={kind}
            namespace={namespace}
          />
        </>
      )}
    </details>
  );
}

/**
 * One of them, to copy and to download.
 */
function Manifest(props: {
  kind: ManifestKind;
  namespace: string | null;
}): JSX.Element {
  const { kind, namespace } = props;
  const { model } = useController();
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<Error | null>(null);
  useEffect(() => {
    let isShown = true;
    model.manifest(kind, namespace).then(
      made => isShown && setText(made),
      reason => isShown && setProblem(reason)
    );
    return () => {
      isShown = false;
    };
  }, [model, kind, namespace]);
  if (problem) {
    return <ProblemNote problem={problem} />;
  }
  return text ? (
    <>
      <ToCopy text={text} />
      <div className="kfp-Row">
        <Copying text={text} filename={`${kind}.yaml`} />
      </div>
    </>
  ) : (
    <></>
  );
}
