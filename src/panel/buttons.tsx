import { Button } from '@jupyterlab/ui-components';
import React from 'react';

/**
 * What a button needs.
 */
interface IActionProps extends React.ButtonHTMLAttributes<HTMLButtonElement> {
  /** Whether it is what most people will press. */
  primary?: boolean;
}

/**
 * A button with words.
 */
export function Action(props: IActionProps): JSX.Element {
  const { primary, children, ...rest } = props;
  return (
    <Button
      type="button"
      {...rest}
      className={`jp-mod-styled kfp-Button ${
        primary ? 'jp-mod-accept' : 'jp-mod-reject'
      }`}
    >
      {children}
    </Button>
  );
}

/**
 * A button that reads like a link.
 */
export function LinkButton(
  props: React.ButtonHTMLAttributes<HTMLButtonElement>
): JSX.Element {
  return <button type="button" {...props} className="kfp-Link" />;
}

/**
 * A link to a page outside.
 */
export function OutLink(props: {
  href: string;
  /** Whether there is no room for the mark of a link that leads outside. */
  plain?: boolean;
  children: React.ReactNode;
}): JSX.Element | null {
  // The address comes from a server: only the web's own schemes are followed.
  if (!/^https?:\/\//i.test(props.href)) {
    return null;
  }
  return (
    <a
      className="kfp-Link"
      href={props.href}
      target="_blank"
      rel="noopener noreferrer"
    >
      {props.children}
      {!props.plain && <span aria-hidden="true"> ↗</span>}
    </a>
  );
}
