/** Grafana Loki in one process, which keeps everything in files: https://grafana.com/docs/loki/latest/configure/ */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { freePorts } from '../cluster/free-ports.ts';
import { installation } from './installation.ts';
import { launch, type RunningServer, type ServerContext, serverDir, succeeds } from './running-server.ts';

export interface Loki extends RunningServer {
  /** Without a slash at its end. There are no tenants and no credentials. */
  readonly url: string;
}

function configuration(dir: string, ports: Readonly<Record<'http' | 'grpc', number>>): object {
  const filesystem = { chunks_directory: join(dir, 'chunks'), rules_directory: join(dir, 'rules') };
  const schema = {
    store: 'tsdb',
    object_store: 'filesystem',
    schema: 'v13',
    index: { prefix: 'index_', period: '24h' },
  };
  return {
    auth_enabled: false,
    analytics: { reporting_enabled: false },
    server: {
      http_listen_address: '127.0.0.1',
      http_listen_port: ports.http,
      grpc_listen_address: '127.0.0.1',
      grpc_listen_port: ports.grpc,
      log_level: 'warn',
    },
    common: {
      path_prefix: dir,
      instance_addr: '127.0.0.1',
      replication_factor: 1,
      ring: { kvstore: { store: 'inmemory' } },
      storage: { filesystem },
    },
    // Entries from before this day are answered with status 500.
    schema_config: { configs: [{ from: '2020-01-01', ...schema }] },
    limits_config: { allow_structured_metadata: true, reject_old_samples: false },
    pattern_ingester: { enabled: false },
    // The defaults make a node that talks to nobody but itself wait: for others to join, and to find itself.
    ingester: { lifecycler: { min_ready_duration: '0s' } },
    frontend: { scheduler_dns_lookup_period: '500ms' },
    frontend_worker: { dns_lookup_duration: '500ms' },
  };
}

export async function startLoki(context: ServerContext): Promise<Loki> {
  const dir = serverDir(context, 'loki');
  const ports = await freePorts('http', 'grpc');
  const url = `http://127.0.0.1:${ports.http}`;
  const file = join(dir, 'loki.yaml');
  writeFileSync(file, stringify(configuration(dir, ports)));
  const server = await launch({
    name: 'loki',
    dir,
    command: [join(installation('loki'), 'loki'), `-config.file=${file}`],
    // It calls itself ready before its querier has found its frontend: a query tells.
    ready: async () => (await succeeds(`${url}/ready`)) && (await succeeds(`${url}/loki/api/v1/labels`)),
  });
  return { ...server, url };
}
