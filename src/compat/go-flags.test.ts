import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseGoFlags } from './go-flags.ts';

const USAGES = { topic: 'where to', broker: 'who' };
const USAGE = 'Usage of program:\n  -broker string\n    \twho\n  -topic string\n    \twhere to\n';
const parse = (...args: readonly string[]) => parseGoFlags('program', USAGES, args);

describe('parseGoFlags', () => {
  test.each([
    [['-topic', 'a', '-broker', 'b']],
    [['-topic=a', '-broker=b']],
    [['--topic', 'a', '--broker', 'b']],
    [['--topic=a', '--broker=b', 'more', '-words']],
    [['-topic=x', '-broker', 'b', '--topic=a', '--', '-topic=c']],
    [['-broker=b', '-topic=a', '-', '-nonsense']],
  ])('reads %j', (args) => {
    expect(parse(...args)).toEqual({ values: { topic: 'a', broker: 'b' } });
  });

  test('takes whatever follows a flag for its value, and what follows the first "=" too', () => {
    expect(parse('-topic', '-broker', '-broker', '')).toEqual({ values: { topic: '-broker', broker: '' } });
    expect(parse('-topic=a=b\nc')).toEqual({ values: { topic: 'a=b\nc', broker: '' } });
    expect(parse('-topic=')).toEqual({ values: { topic: '', broker: '' } });
  });

  test.each([
    [['-topics', 'a'], 'flag provided but not defined: -topics'],
    [['--topics=a'], 'flag provided but not defined: -topics'],
    [['-constructor', 'a'], 'flag provided but not defined: -constructor'],
    [['-topic'], 'flag needs an argument: -topic'],
    [['---topic=a'], 'bad flag syntax: ---topic=a'],
    [['-=a'], 'bad flag syntax: -=a'],
    [['--=a'], 'bad flag syntax: --=a'],
  ])('answers %j as Go does', (args, problem) => {
    expect(parse(...args)).toEqual({ answer: { text: `${problem}\n${USAGE}`, exitCode: 2 } });
  });

  test.each(['-h', '--h', '-help', '--help', '-help=true'])('prints how to use it for %s', (flag) => {
    expect(parse('-topic=a', flag)).toEqual({ answer: { text: USAGE, exitCode: 0 } });
  });

  test('reads or answers anything', () => {
    const argument = fc.oneof(fc.string(), fc.constantFrom('-topic', '--broker=', '--', '-', '-h', '-x='));
    fc.assert(
      fc.property(fc.array(argument), (args) => {
        const parsed = parse(...args);
        const isSound =
          'answer' in parsed ? parsed.answer.text.endsWith(USAGE) : Object.keys(parsed.values).length === 2;
        expect(isSound).toBe(true);
      }),
    );
  });
});
