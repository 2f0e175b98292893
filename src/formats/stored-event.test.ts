import fc from 'fast-check';
import { expect, test } from 'vitest';
import { messages } from '../../test/helpers/message-arbitrary.ts';
import type { StoredEvent } from '../component/history.ts';
import { firstSeen } from '../core/time.ts';
import { storedEventJson, storedEventOf } from './stored-event.ts';

test('storedEventOf gives back what was stored, whatever it was', () => {
  const deletions = fc.option(fc.date({ noInvalidDate: true, min: new Date(0) }), { nil: undefined });
  fc.assert(
    fc.property(messages, fc.nat(), deletions, ({ record }, occurrences, deleted) => {
      const stored: StoredEvent = {
        ...record,
        occurrences,
        firstSeen: firstSeen(record.body) ?? record.time,
        ...(deleted && { deletedAt: deleted.getTime() }),
      };
      const written = storedEventJson(stored);
      expect(written).not.toMatch(/[\r\n]/);
      const read = storedEventOf(JSON.parse(written) as object);
      expect(read).toEqual(stored);
      // Printers show the fields in the order in which they are.
      expect(JSON.stringify(read.body)).toBe(JSON.stringify(stored.body));
    }),
  );
});
