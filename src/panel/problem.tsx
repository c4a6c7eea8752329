import React from 'react';
import { KfpApiError } from '../api';

/**
 * What was refused, and what to do about it.
 */
export function ProblemNote(props: { problem: Error }): JSX.Element {
  const { problem } = props;
  const remedy = problem instanceof KfpApiError ? problem.remedy : null;
  return (
    <div className="kfp-Fix" role="alert">
      <p>{problem.message}</p>
      {remedy && <p>{remedy}</p>}
    </div>
  );
}
