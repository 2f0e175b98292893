import { expect, onTestFinished, test, vi } from 'vitest';
import { revision } from '../../test/contract/event-arbitrary.ts';
import type { AppendedPage } from '../component/log.ts';
import { AppError } from '../core/errors.ts';
import type { EventRecord } from '../core/record.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import { Change } from '../util/change.ts';
import { followOwners } from './owner-following.ts';

async function following() {
  const store = openSqliteStore({ path: ':memory:' });
  const appended = new Change<AppendedPage>();
  const lookedUp: EventRecord[] = [];
  const warnings: unknown[] = [];
  let problem: AppError | undefined;
  let asked = Promise.withResolvers<void>();
  const stored = (event: number, receivedAt = Date.now()) => {
    const spec = { event, resourceVersion: event, second: event, count: 1, object: 1 };
    return store.append([{ cluster: 'prod', epoch: 1, scope: '*', records: [revision(spec, { receivedAt })] }]);
  };
  const append = async (event: number) => {
    await stored(event);
    asked = Promise.withResolvers();
    appended.notify();
    await asked.promise;
  };
  const follow = () =>
    followOwners({
      log: {
        end: () => store.end(),
        at: (receivedAt) => store.at(receivedAt),
        async read(...args) {
          if (!problem) return store.read(...args);
          const failed = problem;
          problem = undefined;
          throw failed;
        },
      },
      appended,
      objects: {
        async lookUp(records) {
          lookedUp.push(...records);
          asked.resolve();
          return [];
        },
      },
      logger: {
        warn(found: unknown) {
          warnings.push(found);
          asked.resolve();
        },
      },
    });
  onTestFinished(() => store.close());
  return { stored, append, follow, lookedUp, warnings, fail: (error: AppError) => void (problem = error) };
}

function versionsOf(records: readonly EventRecord[]) {
  return records.map(({ body }) => body.metadata.resourceVersion);
}

test('followOwners looks up what was collected within the hour, and what is from then on', async () => {
  const { stored, append, follow, lookedUp } = await following();
  await stored(1, Date.now() - 2 * 3_600_000);
  await stored(2, Date.now() - 60_000);
  const followed = await follow();
  await append(3);
  await append(4);
  await vi.waitFor(() => expect(versionsOf(lookedUp)).toEqual(['2', '3', '4']));
  await followed.close();
});

test('followOwners goes on at the end of the log when it cannot read what comes next', async () => {
  const { append, follow, lookedUp, warnings, fail } = await following();
  const followed = await follow();
  fail(new AppError('CURSOR_INVALID', 'dropped'));
  await append(1);
  await append(2);
  await followed.close();
  expect(warnings).toEqual([{ problem: 'dropped' }]);
  expect(versionsOf(lookedUp)).toEqual(['2']);
});
