import React from 'react';
import type { KfpApiError } from '../api';

/**
 * What was refused, and what to do about it.
 */
export function ProblemNote(props: { problem: KfpApiError }): JSX.Element {
  const { message, remedy } = props.problem;
  return (
    <div className="kfp-Fix" role="alert">
      <p>{message}</p>
      {remedy && <p>{remedy}</p>}
    </div>
  );
}
