import { describe, expect, test } from 'vitest';
import { breakRows } from './break-list.ts';

const at = (time: string) => Date.parse(`2026-03-12T${time}:00Z`);
const iso = (time: string) => `2026-03-12T${time}:00.000Z`;
const stopped = { cause: 'stopped', healed: true, unknown: 'revisions' } as const;

describe('breakRows', () => {
  test('has breaks with their causes, and gaps that nothing explains yet, of its scope and latest first', () => {
    const scope = {
      cluster: 'prod',
      scope: '*',
      cells: [],
      breaks: [{ from: iso('02:00'), to: iso('02:17'), ...stopped, detail: 'SIGKILL' }],
    };
    const gap = { cluster: 'prod', scope: '*', healed: false };
    const gaps = [
      { ...gap, from: iso('00:00'), to: iso('01:00') },
      { ...gap, from: iso('02:00'), to: iso('02:17'), cause: 'stopped', healed: true },
      { ...gap, from: iso('05:00'), to: iso('06:00') },
      { ...gap, scope: 'shop', from: iso('03:00'), to: iso('04:00') },
    ];
    expect(breakRows(scope, gaps, { from: at('01:00'), to: at('06:00') })).toEqual([
      { from: at('05:00'), to: at('06:00'), healed: false, isOpen: true, unknown: 'revisions' },
      { from: at('02:00'), to: at('02:17'), ...stopped, isOpen: false, detail: 'SIGKILL' },
    ]);
  });
});
