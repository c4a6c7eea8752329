import React from 'react';
import type { IConnection } from '../_contract';
import { authority, isConnected, isUsable } from '../connections';
import { Action, LinkButton } from './buttons';
import { PanelContext, useWatchedController } from './context';
import type { PanelController } from './controller';
import { Editor } from './editor';
import { FileProblems } from './fileproblems';
import { FirstLook } from './firstlook';
import { Head } from './head';
import { Ladder } from './ladder';
import { Manifests } from './manifests';
import { NotebookList } from './notebooklist';
import { Picker } from './picker';
import { ProblemNote } from './problem';
import { useRefusals } from './refusals';
import { RecentRuns } from './runs';
import { SourceNote } from './sourcenote';
import { CA_FILE } from './trust';
import { WaitingNotes } from './waitingnotes';
import { Warning } from './warning';

/**
 * The panel's content.
 */
export default function PanelView(props: {
  controller: PanelController;
}): JSX.Element {
  return (
    <PanelContext.Provider value={props.controller}>
      <Head />
      <Watched />
    </PanelContext.Provider>
  );
}

/**
 * The cells that wait, above the screen that the state asks for.
 */
function Watched(): JSX.Element {
  useWatchedController();
  return (
    <>
      <WaitingNotes />
      <FileProblems />
      <Body />
    </>
  );
}

/**
 * The screen that the state asks for.
 */
function Body(): JSX.Element {
  const controller = useWatchedController();
  const { model, screen } = controller;
  const { current, problem } = model;
  if (!controller.isOpen) {
    return <></>;
  }
  if (!model.isLoaded) {
    return <NotLoaded problem={problem} />;
  }
  const isNew = !current || screen === 'new';
  return (
    <>
      {!isNew && <Picker connection={current} />}
      {isNew ? (
        <FirstLook isFirst={!current} />
      ) : screen === 'edit' ? (
        <Editor key={current.id} connection={current} />
      ) : (
        <Main key={current.id} connection={current} />
      )}
    </>
  );
}

/**
 * What is shown before the Jupyter server has answered.
 */
function NotLoaded(props: { problem: Error | null }): JSX.Element {
  const { trans, model } = useWatchedController();
  const { problem } = props;
  return problem ? (
    <div className="kfp-Screen">
      <ProblemNote problem={problem} />
      <Action onClick={() => void model.refresh()}>
        {trans.__('Try again')}
      </Action>
    </div>
  ) : (
    <div className="kfp-Screen" aria-busy="true">
      <small role="status">{trans.__('Asking the Jupyter server…')}</small>
    </div>
  );
}

/**
 * A connection's ladder, and what can be done with it.
 */
function Main(props: { connection: IConnection }): JSX.Element {
  const { connection } = props;
  const controller = useWatchedController();
  const { model, trans } = controller;
  const { name, host } = connection;
  // What is wrong with a field stands there.
  const { rest } = useRefusals('namespace', CA_FILE);
  return (
    <>
      <SourceNote connection={connection} />
      {rest && <ProblemNote problem={rest} />}
      {!connection.verify_ssl && (
        <Warning>
          {trans.__('The certificate of %1 is not verified.', authority(host))}{' '}
          {!connection.locked && (
            <LinkButton
              onClick={() => void controller.change(name, { verify_ssl: true })}
            >
              {trans.__('Verify it')}
            </LinkButton>
          )}
        </Warning>
      )}
      <Ladder connection={connection} />
      {isConnected(connection) && (
        <>
          <NotebookList connection={connection} />
          {isUsable(connection) && <RecentRuns connection={connection} />}
          <section className="kfp-Section kfp-Row">
            <Action
              onClick={() => void controller.run(() => model.disconnect(name))}
            >
              {trans.__('Disconnect')}
            </Action>
          </section>
        </>
      )}
      {/* The sandbox and a Pipelines for one user have no use for them. */}
      {connection.source !== 'sandbox' && connection.multi_user !== false && (
        <Manifests connection={connection} />
      )}
    </>
  );
}
