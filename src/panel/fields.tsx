import React, { forwardRef, useId } from 'react';
import type { IChoice } from './plainselect';

/**
 * What a text field needs.
 */
interface ITextFieldProps extends Omit<
  React.InputHTMLAttributes<HTMLInputElement>,
  'onChange'
> {
  /** The label above it. */
  label: string;
  /** What is wrong with its content. */
  error?: string | null;
  /** A remark below it. */
  hint?: string;
  /** Called with each new text. */
  onText: (text: string) => void;
}

/**
 * A text field with its label, a remark and what is wrong with it.
 */
export const TextField = forwardRef<HTMLInputElement, ITextFieldProps>(
  function TextField(props, ref) {
    const { label, error, hint, onText, ...rest } = props;
    const id = useId();
    const noteId = `${id}-note`;
    const note = error || hint;
    return (
      <div className="kfp-Field">
        <label htmlFor={id}>{label}</label>
        <input
          {...rest}
          ref={ref}
          id={id}
          type="text"
          className="jp-mod-styled kfp-Input"
          spellCheck={false}
          autoCapitalize="none"
          autoCorrect="off"
          aria-invalid={error ? true : undefined}
          aria-describedby={note ? noteId : undefined}
          onChange={event => onText(event.target.value)}
        />
        {note && (
          <div id={noteId} className={error ? 'kfp-Error' : 'kfp-Hint'}>
            {note}
          </div>
        )}
      </div>
    );
  }
);

/**
 * What a secret's field needs.
 */
interface ISecretFieldProps {
  /** The label above it. */
  label: string;
  /** What the browser's password manager may fill in. */
  autoComplete: 'current-password' | 'off';
  /** What is wrong with its content. */
  error?: string | null;
  /** A remark below it. */
  hint?: string;
  /** Called when something is typed; never with what it is. */
  onEdit?: () => void;
}

/**
 * A field for a secret. React never knows its value: whoever sends it reads
 * the element once and empties it.
 */
export const SecretField = forwardRef<HTMLInputElement, ISecretFieldProps>(
  function SecretField(props, ref) {
    const { label, autoComplete, error, hint, onEdit } = props;
    const id = useId();
    const noteId = `${id}-note`;
    const note = error || hint;
    return (
      <div className="kfp-Field">
        <label htmlFor={id}>{label}</label>
        <input
          ref={ref}
          id={id}
          type="password"
          name={`kfp-${autoComplete === 'off' ? 'secret' : 'password'}`}
          className="jp-mod-styled kfp-Input"
          autoComplete={autoComplete}
          aria-invalid={error ? true : undefined}
          aria-describedby={note ? noteId : undefined}
          onInput={onEdit}
        />
        {note && (
          <div id={noteId} className={error ? 'kfp-Error' : 'kfp-Hint'}>
            {note}
          </div>
        )}
      </div>
    );
  }
);

/**
 * Read a secret and empty its field.
 */
export function takeSecret(field: HTMLInputElement | null): string {
  const secret = field?.value ?? '';
  if (field) {
    field.value = '';
  }
  return secret;
}

/**
 * Put a secret back where it was taken, unless another has been typed.
 */
export function returnSecret(field: HTMLInputElement | null, secret: string) {
  if (field && !field.value) {
    field.value = secret;
  }
}

/**
 * What a check box needs.
 */
interface ICheckProps {
  /** The words beside it. */
  label: string;
  /** Whether it is ticked. */
  checked: boolean;
  /** Called with the new state. */
  onCheck: (checked: boolean) => void;
}

/**
 * A check box with its words.
 */
export function Check({ label, checked, onCheck }: ICheckProps): JSX.Element {
  return (
    <label className="kfp-Check">
      <input
        type="checkbox"
        checked={checked}
        onChange={event => onCheck(event.target.checked)}
      />
      <span>{label}</span>
    </label>
  );
}

/**
 * What a choice needs.
 */
interface ISelectFieldProps {
  /** The label above it. */
  label: string;
  /** What there is to choose from. */
  options: ReadonlyArray<IChoice>;
  /** What is chosen. */
  value: string;
  /** Called with a new choice. */
  onChoose: (value: string) => void;
}

/**
 * One of several, with a label.
 */
export function SelectField(props: ISelectFieldProps): JSX.Element {
  const id = useId();
  return (
    <div className="kfp-Field">
      <label htmlFor={id}>{props.label}</label>
      <select
        id={id}
        className="jp-mod-styled kfp-Input"
        value={props.value}
        onChange={event => props.onChoose(event.target.value)}
      >
        {props.options.map(({ value, text }) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}
