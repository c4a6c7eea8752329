import { Clipboard } from '@jupyterlab/apputils';
import React, { useState } from 'react';
import { Action } from './buttons';
import { useController } from './context';

/**
 * Buttons that put a text on the clipboard, and save it where it has a name.
 */
export function Copying(props: {
  text: string;
  filename?: string | null;
}): JSX.Element {
  const { text, filename } = props;
  const { trans } = useController();
  return (
    <>
      <CopyButton text={text} />
      {filename && (
        <Action onClick={() => download(filename, text)}>
          {trans.__('Download')}
        </Action>
      )}
    </>
  );
}

/**
 * A text that is to be copied.
 */
export function ToCopy({ text }: { text: string }): JSX.Element {
  const { trans } = useController();
  return (
    <pre
      className={`kfp-ToCopy${text.includes('\n') ? '' : ' kfp-mod-command'}`}
      tabIndex={0}
      aria-label={trans.__('Text to copy')}
    >
      {text}
    </pre>
  );
}

/**
 * Puts a text on the clipboard and says so.
 */
function CopyButton({ text }: { text: string }): JSX.Element {
  const { trans } = useController();
  const [copied, setCopied] = useState(false);
  return (
    <>
      <Action
        primary
        onBlur={() => setCopied(false)}
        onClick={() => {
          // Works on pages without https too, where browsers offer no other.
          Clipboard.copyToSystem(text);
          setCopied(true);
        }}
      >
        {copied ? trans.__('Copied') : trans.__('Copy')}
      </Action>
      <span className="kfp-Hidden" role="status">
        {copied ? trans.__('Copied to the clipboard') : ''}
      </span>
    </>
  );
}

/**
 * Let the browser save a text as a file.
 */
function download(filename: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = filename;
  link.click();
  URL.revokeObjectURL(url);
}
