import { expect, test } from 'vitest';
import { revision } from '../../test/contract/event-arbitrary.ts';
import type { AppendedPage, LogPage } from '../component/log.ts';
import { Change } from '../util/change.ts';
import { SharedPages } from './shared-pages.ts';

function counted() {
  const appended = new Change<AppendedPage>();
  const asked: string[] = [];
  const log = {
    broken: false,
    async read(after: string, { limit }: { readonly limit: number }): Promise<LogPage> {
      asked.push(`${after}+${limit}`);
      if (log.broken) throw new Error('the disk is gone');
      return { records: [], occurrences: [], cursor: after };
    },
  };
  return { appended, asked, log, pages: new SharedPages(log, appended) };
}

test('SharedPages reads a page once for all who ask for it at the same time or after one another', async () => {
  const { asked, pages } = counted();
  const answers = await Promise.all([pages.read('a', { limit: 5 }), pages.read('a', { limit: 5 })]);
  expect(await pages.read('a', { limit: 5 })).toBe(answers[0]);
  expect(answers[1]).toBe(answers[0]);
  expect(asked).toEqual(['a+5']);
});

test('SharedPages reads again once the log has grown, from another place, and more of it', async () => {
  const { asked, pages, appended } = counted();
  await pages.read('a', { limit: 5 });
  appended.notify();
  await pages.read('a', { limit: 5 });
  await pages.read('b', { limit: 5 });
  await pages.read('b', { limit: 6 });
  expect(asked).toEqual(['a+5', 'a+5', 'b+5', 'b+6']);
});

test('SharedPages gives what was appended last to who is there, as long as it is the last', async () => {
  const { asked, pages, appended } = counted();
  const page: AppendedPage = {
    after: 'a',
    records: [revision({ event: 1, resourceVersion: 1, second: 1, count: 1, object: 1 })],
    occurrences: [1],
    cursor: 'b',
  };
  appended.notify(page);
  expect(await pages.read('a', { limit: 5 })).toBe(page);
  await pages.read('b', { limit: 5 });
  await pages.read('a', { limit: 0 });
  appended.notify();
  await pages.read('a', { limit: 5 });
  expect(asked).toEqual(['b+5', 'a+0', 'a+5']);
});

test('SharedPages keeps no failure', async () => {
  const { asked, pages, log } = counted();
  log.broken = true;
  await expect(pages.read('a', { limit: 5 })).rejects.toThrow('the disk is gone');
  log.broken = false;
  await pages.read('a', { limit: 5 });
  expect(asked).toHaveLength(2);
});
