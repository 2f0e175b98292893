import { describe, expect, test, vi } from 'vitest';
import { filterOf } from './_event-filter.ts';

const GROUP = { cluster: 'prod', namespace: 'shop', type: 'Warning', reason: 'BackOff', kind: 'Pod' };

describe('filterOf', () => {
  test('is nothing when nothing is asked for', async () => {
    expect(await filterOf({}, vi.fn())).toBeUndefined();
  });

  test('joins both, whatever the operators in them', async () => {
    const filter = await filterOf({ filter: 'event.type == "Normal" || true', search: '-reason:BackOff' }, vi.fn());
    expect(filter?.ofGroup(GROUP)).toBe(false);
    expect(filter?.ofGroup({ ...GROUP, reason: 'Pulled' })).toBe(true);
  });

  test('names the place in what was typed', async () => {
    await expect(filterOf({ filter: 'event.cuont > 1', search: 'a' }, vi.fn())).rejects.toThrow(
      'filter:1:7: unknown field cuont',
    );
    await expect(filterOf({ filter: 'true', search: 'a resaon:b' }, vi.fn())).rejects.toThrow(
      'search:1:3: unknown key resaon',
    );
  });
});
