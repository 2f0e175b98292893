import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createClient } from '../../src/api/json/client.ts';
import { listen } from '../../src/api/listener.ts';
import { Deliveries } from '../../src/app/deliveries.ts';
import { openAccess } from '../../src/app/open-access.ts';
import { openJsonApi } from '../../src/app/open-json-api.ts';
import { startAdmin } from '../../src/app/start-admin.ts';
import { STORE_FILE } from '../../src/app/store-file.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { createLogger } from '../../src/telemetry/log.ts';
import { createDeliveryMetrics } from '../../src/telemetry/sink-metrics.ts';
import { Change } from '../../src/util/change.ts';
import { revision } from '../contract/event-arbitrary.ts';
import { deliveryWriter } from './delivery-writer.ts';
import { reviewingServer } from './reviewing-server.ts';
import type { ScriptedSink } from './scripted-sink.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const LOOPBACK = { host: '127.0.0.1', port: 0 };
const LOGGER = createLogger({ format: 'json', level: 'error', destination: { write: () => {} } });
/** How many revisions there are. */
export const STORED = 30;

/**
 * Deliveries to one sink, operated through the JSON API by those whom the cluster's API server knows, an operator and a
 * viewer, and through the socket in the data directory.
 */
export async function operatedDeliveries(destination: ScriptedSink) {
  const dataDir = temporaryDirectory();
  const store = openSqliteStore({ path: join(dataDir, STORE_FILE) });
  await store.register({ name: 'prod' });
  const numbers = Array.from({ length: STORED }, (_, index) => index + 1);
  const records = numbers.map((n) =>
    revision({ event: n, resourceVersion: n, second: n, count: 1, object: n % 7, type: n % 3 ? 'Normal' : 'Warning' }),
  );
  await store.append([{ cluster: 'prod', epoch: 1, scope: '*', records }]);
  const deliveries = await Deliveries.start({
    sinks: [destination.config()],
    routes: [],
    log: store,
    history: store,
    ledger: store.ledger,
    writer: deliveryWriter(store),
    appended: new Change(),
    objects: { lookUp: async (found) => found.map(() => undefined), close: async () => {} },
    metrics: createDeliveryMetrics(),
    logger: LOGGER,
    context: { env: {}, userAgent: 'tidings/test' },
  });
  const reviewing = await reviewingServer();
  reviewing.tokens.set('operator', { username: 'operator' }).set('viewer', { username: 'viewer' });
  reviewing.allows = ({ user, nonResourceAttributes }) =>
    user === 'operator' || !nonResourceAttributes?.path.startsWith('/tidings/v1/sinks');
  const clusters = [{ name: 'prod', server: reviewing.url }];
  const access = await openAccess({ listen: LOOPBACK, clusters, authentication: 'kubernetes' }, LOGGER);
  const api = openJsonApi(dataDir, LOGGER, access, deliveries);
  const listener = await listen([api.endpoint], LOOPBACK);
  const socket = await startAdmin(deliveries, dataDir, LOGGER);
  onTestFinished(async () => {
    api.end();
    await listener.close();
    await socket?.close();
    await api.close();
    await access.close();
    await deliveries.close();
    await store.close();
  });
  const clientOf = (token: string) =>
    createClient({ url: listener.url, headers: { Authorization: `Bearer ${token}` } });
  return { client: clientOf('operator'), clientOf, dataDir, deliveries, ledger: store.ledger, url: listener.url };
}
