import React from 'react';

/**
 * A text that may hold a path or an address: it breaks where a folder ends,
 * before it breaks in the middle of a name.
 */
export function Breakable({ text }: { text: string }): JSX.Element {
  return (
    <>
      {text.split(/(?<=[^\s/:][/\\])/).map((part, index) => (
        <React.Fragment key={index}>
          {index > 0 && <wbr />}
          {part}
        </React.Fragment>
      ))}
    </>
  );
}
