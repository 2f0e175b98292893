import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kubectlCommand, quoted, tidingsCommand } from './commands.ts';

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
        expect(quoted(word)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      }),
    );
  });
});

describe('kubectlCommand', () => {
  test('finds the events of the same object and reason', () => {
    const object = { kind: 'Pod', namespace: 'shop', name: 'web-0', uid: 'u' };
    expect(kubectlCommand({ namespace: 'shop', object, reason: 'BackOff' })).toBe(
      'kubectl get events -n shop --field-selector involvedObject.name=web-0,reason=BackOff',
    );
    expect(kubectlCommand({ namespace: 'shop', object: { ...object, name: "a,b=c'" }, reason: 'x' })).toBe(
      String.raw`kubectl get events -n shop --field-selector 'involvedObject.name=a\,b\=c'\'',reason=x'`,
    );
  });
});

describe('tidingsCommand', () => {
  test('asks what the page asks', () => {
    expect(
      tidingsCommand({ from: 'now-24h', to: 'now', q: 'reason:BackOff "timed out"', ns: '' }, 'http://localhost:7780/'),
    ).toBe(`tidings get events -A --url http://localhost:7780 --since 24h --search 'reason:BackOff "timed out"'`);
    expect(
      tidingsCommand(
        { from: '2026-03-12T01:00:00Z', to: '2026-03-12T02:00:00Z', q: '=event.count > 3', ns: 'shop' },
        'https://t/x',
      ),
    ).toBe(
      `tidings get events -n shop --url https://t/x --since 2026-03-12T01:00:00Z --until 2026-03-12T02:00:00Z --filter 'event.count > 3'`,
    );
  });
});
