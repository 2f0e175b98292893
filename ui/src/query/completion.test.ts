import { describe, expect, test } from 'vitest';
import { completed, keysLike, typingAt } from './completion.ts';

/** The caret is where the bar is. */
function typing(marked: string) {
  const caret = marked.indexOf('|');
  const query = marked.replace('|', '');
  return { query, typed: typingAt(query, caret) };
}

function complete(marked: string, choice: string): string {
  const { query, typed } = typing(marked);
  const after = completed(query, typed, choice);
  return `${after.query.slice(0, after.caret)}|${after.query.slice(after.caret)}`;
}

describe('typingAt', () => {
  test('tells a field from its values', () => {
    expect(typing('reason:BackOff -na|').typed).toMatchObject({ key: undefined, prefix: 'na' });
    expect(typing('reason:Back|Off').typed).toMatchObject({ key: 'reason', prefix: 'Back' });
    expect(typing('ns:shop,pay|').typed).toMatchObject({ key: 'namespace', prefix: 'pay' });
    expect(typing('reason:"two w|').typed).toMatchObject({ key: 'reason', prefix: 'two w' });
    expect(typing('reason:BackOff |').typed).toMatchObject({ key: undefined, prefix: '' });
  });
});

describe('completed', () => {
  test('opens a field for its value, and ends a value', () => {
    expect(complete('rea|', 'reason')).toBe('reason:|');
    expect(complete('-re|', 'reason')).toBe('-reason:|');
    expect(complete('reason:Ba|', 'BackOff')).toBe('reason:BackOff |');
    expect(complete('ns:shop,pa|', 'payments')).toBe('ns:shop,payments |');
    expect(complete('ns:s|,media x', 'shop')).toBe('ns:shop|,media x');
    expect(complete('reason:B| x', 'BackOff')).toBe('reason:BackOff| x');
    expect(complete('reason:tw|', 'two words')).toBe('reason:"two words" |');
  });
});

describe('keysLike', () => {
  test('are those that begin so', () => {
    expect(keysLike('n')).toEqual(['namespace', 'name', 'node']);
  });
});
