import { expect, test } from 'vitest';
import { textWidth } from './text-width.ts';

test('textWidth measures words once a font', () => {
  const asked: string[] = [];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- all that is asked of a context
  const context = { measureText: (words: string) => (asked.push(words), { width: words.length }) } as never;
  expect(['BackOff', 'Failed', 'BackOff'].map((words) => textWidth(context, '11px serif', words))).toEqual([7, 6, 7]);
  expect(asked).toEqual(['BackOff', 'Failed']);
  expect(textWidth(context, '12px serif', 'BackOff')).toBe(7);
  expect(asked).toHaveLength(3);
});
