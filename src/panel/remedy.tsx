import React from 'react';
import type { IRung } from '../_contract';
import { whoActs } from '../texts';
import { Action, OutLink } from './buttons';
import { useController } from './context';
import { Copying, ToCopy } from './copying';

/**
 * What a remedy needs.
 */
interface IRemedyProps {
  /** The rung that does not hold. */
  rung: IRung;
  /** More to do about it, such as a form. */
  children?: React.ReactNode;
  /** More buttons beside those for copying and trying again. */
  actions?: React.ReactNode;
  /** Called to try again, `null` where something else has to be done first. */
  onRetry: (() => void) | null;
}

/**
 * What to do about a rung that does not hold, and who has to.
 */
export function Remedy(props: IRemedyProps): JSX.Element {
  const { rung, children, onRetry } = props;
  const { trans } = useController();
  const { remedy } = rung;
  const copy = remedy?.copy;
  const link = remedy?.link;
  const who = whoActs(rung, trans);
  const hasMore = React.Children.toArray(children).length > 0;
  const copying = copy && <Copying text={copy} filename={remedy.filename} />;
  return (
    <div className="kfp-Fix">
      {/* An address that can be followed need not be read too. */}
      <Words who={who} text={remedy?.text.replace(` at ${link}`, '') ?? ''} />
      {link && (
        <p>
          <OutLink href={link}>{trans.__('Open an issue')}</OutLink>
        </p>
      )}
      {copy && <ToCopy text={copy} />}
      {hasMore && copying && <div className="kfp-Row">{copying}</div>}
      {children}
      <div className="kfp-Row">
        {!hasMore && copying}
        {onRetry && <Action onClick={onRetry}>{trans.__('Try again')}</Action>}
        {props.actions}
      </div>
    </div>
  );
}

/**
 * What a remedy says.
 */
interface IWordsProps {
  /** Who can mend it, where the text does not say so. */
  who: string | null;
  /** What there is to do. */
  text: string;
}

/**
 * A paragraph for each one's step; what stands between back ticks is code.
 */
function Words({ who, text }: IWordsProps): JSX.Element {
  return (
    <>
      {text.split(/ (?=You, )/).map((step, index) => (
        <p key={index}>
          {index === 0 && who && <b>{who} </b>}
          {step
            .split('`')
            .map((part, index) =>
              index % 2 ? <code key={index}>{part}</code> : part
            )}
        </p>
      ))}
    </>
  );
}
