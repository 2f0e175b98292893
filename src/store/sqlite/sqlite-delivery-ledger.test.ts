import { describe, expect, onTestFinished, test } from 'vitest';
import { revision } from '../../../test/contract/event-arbitrary.ts';
import type { DeadLetter } from '../../component/delivery-ledger.ts';
import { openForWriting } from './connection.ts';
import { SqliteDeliveryLedger } from './sqlite-delivery-ledger.ts';

function openLedger(): SqliteDeliveryLedger {
  const connection = openForWriting(':memory:', 1_000);
  onTestFinished(() => connection.close());
  return new SqliteDeliveryLedger(connection);
}

function letter(n: number, sink = 'chat'): DeadLetter {
  return {
    sink,
    key: `prod/1/${n}`,
    record: revision({ event: n, resourceVersion: n, second: n, count: 1, object: n }),
    failure: { reason: 'invalid', problem: 'POST /: 400 found' },
    at: 1_000 * n,
  };
}

describe('SqliteDeliveryLedger', () => {
  test('keeps dead letters with their records, in the order they came, by sink and page', async () => {
    const ledger = openLedger();
    const letters = [letter(1), letter(2, 'search'), letter(3)];
    await ledger.addDeadLetters(letters.slice(0, 2));
    await ledger.addDeadLetters(letters.slice(2));
    const all = await ledger.deadLetters({ limit: 10 });
    expect(all).toEqual(letters.map((each, index) => ({ ...each, id: index + 1 })));
    expect(await ledger.deadLetters({ sink: 'chat', limit: 1 })).toEqual([all[0]]);
    expect(await ledger.deadLetters({ sink: 'chat', after: 1, limit: 1 })).toEqual([all[2]]);
    expect(await ledger.deadLetter(2)).toEqual(all[1]);
    expect(await ledger.deadLetterOf('search', letter(2).key)).toEqual(all[1]);
    expect(await ledger.deadLetterOf('chat', letter(2).key)).toBeUndefined();
    expect(await ledger.deadLetterCounts()).toEqual(
      new Map([
        ['chat', 2],
        ['search', 1],
      ]),
    );
  });

  test('has one dead letter a sink and record, with the failure that came last', async () => {
    const ledger = openLedger();
    await ledger.addDeadLetters([letter(1)]);
    const again: DeadLetter = {
      ...letter(1),
      at: 9_000,
      failure: { reason: 'too_large', problem: 'POST /: 413 found' },
    };
    await ledger.addDeadLetters([again]);
    expect(await ledger.deadLetters({ limit: 10 })).toEqual([{ ...again, id: 1 }]);
  });

  test('forgets a sink but for its dead letters', async () => {
    const ledger = openLedger();
    await ledger.addDeadLetters([letter(1)]);
    for (const sink of ['chat', 'search']) {
      await ledger.setPaused(sink, true);
      await ledger.addGap({ sink, records: 1, at: 2 });
    }
    await ledger.forget('chat');
    expect([await ledger.paused(), await ledger.gaps('chat')]).toEqual([new Set(['search']), []]);
    expect(await ledger.gaps('search')).toHaveLength(1);
    expect(await ledger.deadLetters({ limit: 10 })).toHaveLength(1);
  });

  test('forgets dead letters, and never gives their ids to others', async () => {
    const ledger = openLedger();
    await ledger.addDeadLetters([letter(1), letter(2)]);
    await ledger.removeDeadLetters([2, 7]);
    await ledger.addDeadLetters([letter(3)]);
    expect((await ledger.deadLetters({ limit: 10 })).map(({ id }) => id)).toEqual([1, 3]);
  });

  test('remembers which sinks are paused, and what they missed', async () => {
    const ledger = openLedger();
    await ledger.setPaused('chat', true);
    await ledger.setPaused('chat', true);
    await ledger.setPaused('search', true);
    await ledger.setPaused('search', false);
    expect(await ledger.paused()).toEqual(new Set(['chat']));
    const gaps = [
      { sink: 'chat', records: 5, at: 1_000 },
      { sink: 'chat', records: 1, at: 2_000 },
    ];
    for (const gap of gaps) await ledger.addGap(gap);
    expect(await ledger.gaps('chat')).toEqual(gaps);
    expect(await ledger.gaps('search')).toEqual([]);
  });
});
