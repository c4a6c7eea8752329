import { Button, refreshIcon } from '@jupyterlab/ui-components';
import React, { useEffect } from 'react';
import type { IConnection } from '../_contract';
import { namespaceOf } from '../connections';
import { OutLink } from './buttons';
import { useController } from './context';
import { Overviews } from './overviews';
import { type Run, runDescription, runNote, runTone } from './runtexts';

/**
 * The recent runs of the namespace, and the way to the Pipelines UI. KFP is
 * asked when the panel comes into view, and on a press.
 */
export function RecentRuns(props: { connection: IConnection }): JSX.Element {
  const { connection } = props;
  const controller = useController();
  const { trans, overviews, isVisible } = controller;
  const look = overviews.of(connection);
  const key = Overviews.key(connection);
  const ui = look?.overview?.links.ui ?? connection.ui_url;
  const isLoading = look?.isLoading ?? false;
  useEffect(() => {
    if (isVisible) {
      void overviews.load(connection);
    }
    // Another user or namespace is looked at anew, and nothing else.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key, isVisible]);
  return (
    <section className="kfp-Section" aria-busy={isLoading}>
      <div className="kfp-Section-head">
        <h3>{trans.__('Recent runs')}</h3>
        <Button
          minimal
          className="kfp-Icon kfp-mod-small"
          title={trans.__('Look again')}
          aria-label={trans.__('Look again for recent runs')}
          disabled={isLoading}
          onClick={() => void overviews.load(connection, true)}
        >
          <refreshIcon.react tag="span" />
        </Button>
        <span className="kfp-Spring" />
        {ui && <OutLink href={ui}>{trans.__('Open UI')}</OutLink>}
      </div>
      <RunList connection={connection} />
    </section>
  );
}

/**
 * The runs, or why there are none to show.
 */
function RunList(props: { connection: IConnection }): JSX.Element {
  const { connection } = props;
  const { trans, overviews } = useController();
  const look = overviews.of(connection);
  if (look?.problem) {
    const { message, remedy } = look.problem;
    return (
      <small role="status">
        {message} {remedy}
      </small>
    );
  }
  if (!look?.overview) {
    return <small>{trans.__('Asking Kubeflow…')}</small>;
  }
  const { runs } = look.overview;
  const seen = new Date(look.answeredAt).toLocaleTimeString([], {
    hour: '2-digit',
    minute: '2-digit'
  });
  if (runs.length === 0) {
    const where = namespaceOf(connection) ?? connection.title;
    return <small>{trans.__('None in %1 at %2.', where, seen)}</small>;
  }
  return (
    <>
      <ul>
        {runs.map(run => (
          <Entry key={run.id} run={run} />
        ))}
      </ul>
      <small>{trans.__('As of %1.', seen)}</small>
    </>
  );
}

/**
 * One run: its name leads to its page.
 */
function Entry({ run }: { run: Run }): JSX.Element {
  const { trans } = useController();
  return (
    <li className="kfp-Item" title={runDescription(run, trans)}>
      <span className={`kfp-Dot kfp-mod-${runTone(run)}`} aria-hidden="true" />
      <span className="kfp-Item-name">
        {run.url ? (
          <OutLink href={run.url} plain>
            {run.name}
          </OutLink>
        ) : (
          run.name
        )}
      </span>
      <span className="kfp-Item-note">{runNote(run, Date.now(), trans)}</span>
    </li>
  );
}
