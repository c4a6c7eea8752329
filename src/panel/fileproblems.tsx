import React from 'react';
import { Breakable } from './breakable';
import { useController } from './context';
import { Warning } from './warning';

/**
 * The files with connections that could not be used. Those that could are
 * there all the same, so this is a remark and no error.
 */
export function FileProblems(): JSX.Element {
  const { model } = useController();
  return (
    <>
      {model.fileProblems.map(({ message, remedy }) => (
        <Warning key={message}>
          <Breakable text={`${message}. ${remedy}`} />
        </Warning>
      ))}
    </>
  );
}
