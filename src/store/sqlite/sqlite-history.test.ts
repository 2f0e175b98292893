import { describeCoverage } from '../../../test/contract/coverage.contract.ts';
import { describeDeletions } from '../../../test/contract/deletions.contract.ts';
import { describeExpiry } from '../../../test/contract/expiry.contract.ts';
import { describeHistory } from '../../../test/contract/history.contract.ts';
import { describeHistoryViews } from '../../../test/contract/history-views.contract.ts';
import { openSqliteStore } from './sqlite-store.ts';

const open = async () => openSqliteStore({ path: ':memory:' });

describeHistory('SqliteStore', open);
describeHistoryViews('SqliteStore', open);
describeExpiry('SqliteStore', open);
describeDeletions('SqliteStore', open);
describeCoverage('SqliteStore', open);
