import { describe, expect, test } from 'vitest';
import { configChange, settingsToRestartFor } from './config-change.ts';

describe('configChange', () => {
  test('tells sinks apart by name and by what was written, whatever their order', () => {
    const before = {
      sinks: [
        { name: 'same', type: 'http', url: 'http://a', batch: { records: 1 } },
        { name: 'other', type: 'http', password: 'old' },
        { name: 'gone', type: 'stdout' },
      ],
      routes: [{ sinks: ['same'] }],
    };
    const after = {
      sinks: [
        { name: 'new', type: 'stdout' },
        { name: 'other', type: 'http', password: 'new' },
        { batch: { records: 1 }, url: 'http://a', name: 'same', type: 'http' },
      ],
      routes: [{ sinks: ['same'] }],
    };
    expect(configChange(before, after)).toEqual({
      unchanged: new Set(['same']),
      changed: ['other'],
      added: ['new'],
      removed: ['gone'],
      routes: false,
    });
  });

  test('says whether routes changed, also when there were none', () => {
    expect(configChange({}, {})).toMatchObject({ unchanged: new Set(), routes: false });
    expect(configChange({}, { routes: [] })).toMatchObject({ routes: true });
    expect(configChange({ routes: [{ sinks: ['a'] }] }, { routes: [{ sinks: ['b'] }] })).toMatchObject({
      routes: true,
    });
  });
});

test('settingsToRestartFor names what differs besides sinks and routes', () => {
  const before = { data: '/a', listen: ':1', clusters: [{ name: 'a' }], sinks: [], routes: [] };
  const after = { data: '/b', clusters: [{ name: 'a' }], retention: { age: '1d' }, sinks: [{}], routes: [{}] };
  expect(settingsToRestartFor(before, after)).toEqual(['data', 'listen', 'retention']);
});
