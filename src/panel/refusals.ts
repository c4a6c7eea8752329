import type { KfpApiError } from '../api';
import { useController } from './context';

/**
 * What the server said against fields of a form.
 */
interface IRefusals {
  /** What is wrong with one field, `null` when nothing is. */
  of: (field: string) => string | null;
  /** A refusal that is about none of the form's fields. */
  rest: Error | null;
}

/**
 * Sort the last refusal: to the field it is about, or to none. The server's
 * message begins with the name of the field.
 *
 * @param fields - the fields that can say what is wrong with them
 */
export function useRefusals(...fields: string[]): IRefusals {
  return refusalsIn(useController().problem, fields);
}

/**
 * Sort a refusal.
 *
 * @param problem - the refusal, `null` for none
 * @param fields - the fields that can say what is wrong with them
 */
export function refusalsIn(
  problem: KfpApiError | null,
  fields: string[]
): IRefusals {
  const [field, ...words] = problem?.message.split(': ') ?? [''];
  const isOurs = words.length > 0 && fields.includes(field);
  const text = `${words.join(': ').replace(/\.$/, '')}. ${problem?.remedy}`;
  return {
    of: asked => (isOurs && asked === field ? text : null),
    rest: isOurs ? null : problem
  };
}
