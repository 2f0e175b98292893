import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quoted, tidingsCommand } from './commands.ts';

describe('quoted', () => {
  test('is one word to a shell, whatever is in a name', () => {
    const words = ['web-0', "it's", '$(reboot)', '`id`', '; rm -rf /', '-n', 'a b', '"', '\\', '*'];
    const printed = execFileSync('sh', ['-c', `printf '%s\\n' ${words.map(quoted).join(' ')}`], { encoding: 'utf8' });
    expect(printed.split('\n').slice(0, -1)).toEqual(words);
  });

  test('lets nothing through that a terminal acts on', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 12 }), (word) => {
        // oxlint-disable-next-line no-control-regex
        expect(quoted(word)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      }),
    );
  });
});

describe('tidingsCommand', () => {
  test('asks what the page asks', () => {
    const range = { from: '2026-03-12T01:00:00Z', to: '2026-03-12T02:00:00Z' };
    const command = 'tidings get events';
    const span = '--since 2026-03-12T01:00:00Z --until 2026-03-12T02:00:00Z';
    expect(
      tidingsCommand({ ...range, q: 'reason:BackOff "timed out"', ns: '', rows: 'series' }, 'http://localhost:7780/'),
    ).toBe(`${command} -A --url http://localhost:7780 ${span} --search 'reason:BackOff "timed out"'`);
    expect(tidingsCommand({ ...range, q: '=event.count > 3', ns: 'shop', rows: 'raw' }, 'https://t/x')).toBe(
      `${command} -n shop --url https://t/x ${span} --filter 'event.count > 3' --revisions`,
    );
  });
});
