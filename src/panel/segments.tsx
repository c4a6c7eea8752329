import React, { useId } from 'react';

/**
 * What a row of alternatives needs.
 */
interface ISegmentsProps {
  /** What is chosen, for a screen reader. */
  label: string;
  /** The alternatives. */
  options: ReadonlyArray<{ id: string; title: string }>;
  /** The one that is chosen. */
  value: string | null;
  /** Called with a new choice. */
  onChoose: (id: string) => void;
}

/**
 * Alternatives side by side, one of which is chosen: radio buttons in another
 * dress, so that the arrow keys work.
 */
export function Segments(props: ISegmentsProps): JSX.Element {
  const name = useId();
  return (
    <fieldset className="kfp-Segments">
      <legend className="kfp-Hidden">{props.label}</legend>
      {props.options.map(option => (
        <label key={option.id}>
          <input
            type="radio"
            name={name}
            className="kfp-Hidden"
            checked={option.id === props.value}
            onChange={() => props.onChoose(option.id)}
          />
          <span>{option.title}</span>
        </label>
      ))}
    </fieldset>
  );
}
