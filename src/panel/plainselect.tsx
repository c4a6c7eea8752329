import { caretDownEmptyIcon } from '@jupyterlab/ui-components';
import React from 'react';

/**
 * One of several choices.
 */
export interface IChoice {
  readonly value: string;
  readonly text: string;
}

/**
 * What the choice needs.
 */
interface IPlainSelectProps {
  /** What is chosen, for a screen reader. */
  label: string;
  /** What there is to choose from. */
  options: ReadonlyArray<IChoice>;
  /** What is chosen. */
  value: string;
  /** Called with a new choice. */
  onChoose: (value: string) => void;
}

/**
 * A choice that reads like text with a caret. The real select lies above it.
 */
export function PlainSelect(props: IPlainSelectProps): JSX.Element {
  const { label, options, value, onChoose } = props;
  const shown = options.find(each => each.value === value)?.text ?? value;
  // The caret stays with the last word, where there is more than one.
  const last = shown.lastIndexOf(' ') + 1;
  return (
    <span className="kfp-Select kfp-mod-plain">
      <span className="kfp-Select-shown" aria-hidden="true">
        {shown.slice(0, last)}
        <span className={last ? 'kfp-Unbroken' : undefined}>
          {shown.slice(last)}
          <caretDownEmptyIcon.react tag="span" className="kfp-Caret" />
        </span>
      </span>
      <select
        aria-label={label}
        title={shown}
        value={value}
        onChange={event => onChoose(event.target.value)}
      >
        {options.map(each => (
          <option key={each.value} value={each.value}>
            {each.text}
          </option>
        ))}
      </select>
    </span>
  );
}
