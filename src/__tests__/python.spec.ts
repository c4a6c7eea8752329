import { literal, unrepr } from '../python';

describe('texts to and from a Python kernel', () => {
  it.each([
    ['work', '"work"'],
    ['a "b"\n', '"a \\"b\\"\\n"'],
    [null, 'None']
  ])('%j is a literal that Python reads', (value, expected) => {
    expect(literal(value)).toBe(expected);
  });

  it.each([
    ['\'{"a": 1}\'', '{"a": 1}'],
    ['"it\'s"', "it's"],
    ["'it\\'s \\\\ \\n'", "it's \\ \n"],
    ["'\\xe9 \\u2028 \\U0001f600'", 'é \u2028 😀'],
    ['[1]', null],
    ['', null]
  ])('%s is read as a text', (repr, expected) => {
    expect(unrepr(repr)).toBe(expected);
  });
});
