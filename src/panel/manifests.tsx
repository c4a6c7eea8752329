import React, { useEffect, useState } from 'react';
import type { IConnection } from '../_contract';
import type { KfpApiError } from '../api';
import { namespaceOf } from '../connections';
import type { ManifestKind } from '../tokens';
import { useController, useDraft } from './context';
import { Copying, ToCopy } from './copying';
import { TextField } from './fields';
import { ProblemNote } from './problem';
import { refusalsIn } from './refusals';

/**
 * The manifests that Kubeflow's guide has people apply, filled in: made by the
 * Jupyter server, and asked for when somebody opens them.
 */
export function Manifests(props: { connection: IConnection }): JSX.Element {
  const { trans } = useController();
  const [isOpen, setOpen] = useState(false);
  const [kind, setKind] = useState<ManifestKind>('pod-default');
  const namespace = namespaceOf(props.connection);
  const owner = trans.__(
    'An owner of the namespace or an administrator applies it there, once.'
  );
  const uses: Record<ManifestKind, [string, string]> = {
    'pod-default': [
      trans.__('PodDefault: a token for notebooks'),
      `${owner} ${trans.__('You then create the notebook server again with its configuration ticked.')}`
    ],
    pod: [
      trans.__('Pod: a pod with a token'),
      trans.__('Whoever may create pods in the namespace applies it.')
    ],
    'role-binding': [trans.__('RoleBinding: work in a namespace'), owner]
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
            {Object.entries(uses).map(([value, [text]]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
          <p className="kfp-Hint">{uses[kind][1]}</p>
          <Manifest
            key={`${kind} ${namespace}`}
            draftKey={`manifests ${props.connection.id}`}
            kind={kind}
            namespace={namespace}
          />
        </>
      )}
    </details>
  );
}

/**
 * What the server's refusals call the fields.
 */
const ACCOUNT = 'service account';
const AUDIENCE = 'audience';

/**
 * What the server made of what is typed.
 */
interface IMade {
  /** What was typed. */
  asked?: string;
  /** The manifest. */
  text?: string;
  /** Why there is none. */
  problem?: KfpApiError;
}

/**
 * What one of them needs.
 */
interface IManifestProps {
  /** The key of what was typed for them. */
  draftKey: string;
  /** Which. */
  kind: ManifestKind;
  /** Where it is applied. */
  namespace: string | null;
}

/**
 * One of them, to copy and to download, with fields for what it can name.
 */
function Manifest({ draftKey, kind, namespace }: IManifestProps): JSX.Element {
  const { model, trans } = useController();
  const [draft, type] = useDraft(draftKey);
  const account = kind === 'pod-default' ? null : (draft.account ?? '');
  const audience = kind === 'role-binding' ? null : (draft.audience ?? '');
  const asked = `${account}\n${audience}`;
  const [made, setMade] = useState<IMade>({});
  const { of, rest } = refusalsIn(made.problem ?? null, [ACCOUNT, AUDIENCE]);
  useEffect(() => {
    let isShown = true;
    const show = (rest: IMade) => isShown && setMade({ asked, ...rest });
    model
      .manifest(kind, namespace, {
        service_account: account?.trim(),
        audience: audience?.trim()
      })
      .then(
        text => show({ text }),
        problem => show({ problem })
      );
    return () => {
      isShown = false;
    };
  }, [model, kind, namespace, account, audience, asked]);
  return (
    <>
      {account !== null && (
        <TextField
          label={trans.__('ServiceAccount (namespace/name)')}
          value={account}
          error={of(ACCOUNT)}
          onText={account => type({ account })}
        />
      )}
      {audience !== null && (
        <TextField
          label={trans.__('Audience')}
          value={audience}
          error={of(AUDIENCE)}
          onText={audience => type({ audience })}
        />
      )}
      {rest && <ProblemNote problem={rest} />}
      {made.text && <ToCopy text={made.text} />}
      {/* What is typed is in it before it can be copied. */}
      {made.text && made.asked === asked && (
        <div className="kfp-Row">
          <Copying text={made.text} filename={`${kind}.yaml`} />
        </div>
      )}
    </>
  );
}
