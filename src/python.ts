/**
 * A Python literal for a text or nothing. JSON's escapes are Python's too.
 */
export function literal(value: string | null): string {
  return value === null ? 'None' : JSON.stringify(value);
}

/**
 * The text that a `repr` of a Python string shows.
 *
 * @param repr - such as `'{"state": "armed"}'`, in either kind of quotes
 * @returns the text, `null` when it is no string's repr
 */
export function unrepr(repr: string): string | null {
  const match = /^(['"])([^]*)\1$/.exec(repr.trim());
  if (!match) {
    return null;
  }
  return match[2].replace(
    /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|([^]))/g,
    (_, x?: string, u?: string, U?: string, single?: string) => {
      const code = x ?? u ?? U;
      return code !== undefined
        ? String.fromCodePoint(parseInt(code, 16))
        : (ESCAPES[single!] ?? single!);
    }
  );
}

/**
 * The escapes that stand for another character than the one they show.
 */
const ESCAPES: { readonly [key: string]: string } = {
  n: '\n',
  r: '\r',
  t: '\t'
};
