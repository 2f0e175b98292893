import { describeCoverage, describeHistory } from '../../../test/contract/history.contract.ts';
import { openSqliteStore } from './sqlite-store.ts';

const open = async () => openSqliteStore({ path: ':memory:' });

describeHistory('SqliteStore', open);
describeCoverage('SqliteStore', open);
