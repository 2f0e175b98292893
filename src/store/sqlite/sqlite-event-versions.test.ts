import { join } from 'node:path';
import { describeEventVersions } from '../../../test/contract/event-versions.contract.ts';
import { temporaryDirectory } from '../../../test/helpers/temporary-directory.ts';
import { openSqliteEventVersions } from './sqlite-event-versions.ts';
import { openSqliteStore } from './sqlite-store.ts';

describeEventVersions('SqliteEventVersions', async () => {
  const path = join(temporaryDirectory(), 'tidings.db');
  const writer = openSqliteStore({ path });
  const versions = openSqliteEventVersions({ path });
  return {
    writer,
    versions,
    async close() {
      await versions.close();
      await writer.close();
    },
  };
});
