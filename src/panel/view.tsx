import React from 'react';
import type { IConnection } from '../_contract';
import { authority, isConnected } from '../connections';
import { KfpApiError } from '../api';
import { Action, LinkButton, OutLink } from './buttons';
import { PanelContext, useWatchedController } from './context';
import type { PanelController } from './controller';
import { Editor } from './editor';
import { FirstLook } from './firstlook';
import { Head } from './head';
import { Ladder } from './ladder';
import { NotebookList } from './notebooklist';
import { Picker } from './picker';
import { ProblemNote } from './problem';
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
      <Body />
    </PanelContext.Provider>
  );
}

/**
 * The screen that the state asks for.
 */
function Body(): JSX.Element {
  const controller = useWatchedController();
  const { model, screen, trans } = controller;
  const { current, problem } = model;
  if (!controller.isOpen) {
    return <></>;
  }
  if (!model.isLoaded) {
    return problem instanceof KfpApiError ? (
      <div className="kfp-Screen">
        <ProblemNote problem={problem} />
        <Action onClick={() => void model.refresh()}>
          {trans.__('Try again')}
        </Action>
      </div>
    ) : (
      <div className="kfp-Screen" aria-busy="true" />
    );
  }
  if (!current) {
    return <FirstLook isFirst />;
  }
  return (
    <>
      {screen !== 'new' && <Picker connection={current} />}
      {screen === 'new' ? (
        <FirstLook isFirst={false} />
      ) : screen === 'edit' ? (
        <Editor key={current.id} connection={current} />
      ) : (
        <Main key={current.id} connection={current} />
      )}
    </>
  );
}

/**
 * A connection's ladder, and what can be done with it.
 */
function Main(props: { connection: IConnection }): JSX.Element {
  const { connection } = props;
  const controller = useWatchedController();
  const { model, trans, problem } = controller;
  const { name, host } = connection;
  return (
    <>
      {problem && <ProblemNote problem={problem} />}
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
          <section className="kfp-Section kfp-Row">
            <Action
              onClick={() => void controller.run(() => model.disconnect(name))}
            >
              {trans.__('Disconnect')}
            </Action>
            {connection.ui_url && (
              <OutLink href={connection.ui_url}>
                {trans.__('Pipelines UI')}
              </OutLink>
            )}
          </section>
        </>
      )}
    </>
  );
}
