import { describe, expect, test } from 'vitest';
import { en } from './en.ts';
import { type TextKey, textsOf } from './texts.ts';
import { zh } from './zh.ts';

const english = textsOf('en');
const chinese = textsOf('zh');

describe('the catalogues', () => {
  test('put the same things in the same texts', () => {
    const placeholders = (message: (typeof zh)[TextKey]) => {
      const text = typeof message === 'string' ? message : message.other;
      return Array.from(text.matchAll(/\{(\w+)\}/g), ([, name = '']) => name).toSorted((a, b) => a.localeCompare(b));
    };
    for (const key of Object.keys(en) as TextKey[]) {
      expect([key, placeholders(zh[key])]).toEqual([key, placeholders(en[key])]);
    }
  });
});

describe('textsOf', () => {
  test('goes by the number, and writes it as the language does', () => {
    expect(english.t('occurrences', { n: 1 })).toBe('1 occurrence');
    expect(english.t('occurrences', { n: 30_897 })).toBe('30,897 occurrences');
    expect(chinese.t('occurrences', { n: 1 })).toBe('1 次发生');
  });

  test('puts in what was given, whatever it looks like', () => {
    expect(english.t('exclude', { value: '{value} $& $1' })).toBe('Exclude {value} $& $1');
  });

  test('never rounds a share up', () => {
    expect([1, 0.99999, 0.9881, 0].map(english.percent)).toEqual(['100%', '99.9%', '98.8%', '0%']);
  });

  test('tells lengths of time by their two largest units', () => {
    const times = [0, 577, 10_000, 1_019_000, 6_900_000, 86_400_000, 90_061_000];
    expect(times.map(english.duration)).toEqual(['0ms', '577ms', '10s', '16m 59s', '1h 55m', '1d', '1d 1h']);
    expect(chinese.duration(6_900_000)).toBe('1小时55分钟');
  });

  test('tells a duration in the unit that it was asked in', () => {
    expect(['15m', '24h', '7d'].map(english.span)).toEqual(['15m', '24h', '7d']);
    expect(['15m', '24h', '7d'].map(chinese.span)).toEqual(['15分钟', '24小时', '7天']);
  });

  test('is short where there is little room', () => {
    expect([999, 4_400, 1_200_000].map(english.compact)).toEqual(['999', '4.4K', '1.2M']);
  });
});
