import { expect, test } from 'vitest';
import { colsOf, columnsOf, shownColumns } from './columns.ts';

test('columnsOf knows what an address names, in the order of the table, and the usual ones without a name', () => {
  expect(columnsOf('message,time,none')).toEqual(['time', 'message']);
  expect(columnsOf('none')).toEqual(columnsOf(''));
});

test('colsOf leaves out what is usual', () => {
  expect(colsOf(columnsOf(''))).toBe('');
  expect(colsOf(['source', 'time'])).toBe('time,source');
});

test('shownColumns has no activity of single revisions', () => {
  expect(shownColumns({ cols: 'time,activity', rows: 'raw' })).toEqual(['time']);
  expect(shownColumns({ cols: 'time,activity', rows: 'series' })).toEqual(['time', 'activity']);
});
