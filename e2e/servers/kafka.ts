/**
 * One Kafka broker that is its own controller, with a plain listener and one with TLS and SASL:
 * https://kafka.apache.org/43/configuration/broker-configs/
 */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Producer } from '@platformatic/kafka';
import { createServerCertificate } from '../cluster/certificates.ts';
import { freePorts } from '../cluster/free-ports.ts';
import { installation, java } from './installation.ts';
import { launch, type RunningServer, type ServerContext, serverDir } from './running-server.ts';

const run = promisify(execFile);

export interface Kafka extends RunningServer {
  /** `host:port`: no TLS, no credentials. */
  readonly plainBroker: string;
  /** `host:port`: TLS, and the credentials by PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512. */
  readonly secureBroker: string;
  readonly username: string;
  readonly password: string;
  /** PEM: who signed the certificate of the secure listener. */
  readonly ca: string;
}

const USERNAME = 'writer';
const PASSWORD = 'a-password';
/** Topics, created when they are first written to, have so many partitions. */
const PARTITIONS = 3;

type Ports = Readonly<Record<'plain' | 'secure' | 'controller', number>>;

function properties(dir: string, ports: Ports): string {
  const clients = `PLAIN://127.0.0.1:${ports.plain},SECURE://127.0.0.1:${ports.secure}`;
  const login = 'org.apache.kafka.common.security';
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${ports.controller}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAIN',
    listeners: `${clients},CONTROLLER://127.0.0.1:${ports.controller}`,
    'advertised.listeners': clients,
    'listener.security.protocol.map': 'PLAIN:PLAINTEXT,SECURE:SASL_SSL,CONTROLLER:PLAINTEXT',
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': join(dir, 'keystore.pem'),
    'listener.name.secure.sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    'listener.name.secure.plain.sasl.jaas.config': `${login}.plain.PlainLoginModule required user_${USERNAME}="${PASSWORD}";`,
    'listener.name.secure.scram-sha-256.sasl.jaas.config': `${login}.scram.ScramLoginModule required;`,
    'listener.name.secure.scram-sha-512.sasl.jaas.config': `${login}.scram.ScramLoginModule required;`,
    'log.dirs': join(dir, 'data'),
    'num.partitions': PARTITIONS,
    // One broker cannot hold three replicas, and what fifty partitions of each internal topic cost is not wanted here.
    ...Object.fromEntries(
      ['offsets.topic', 'transaction.state.log', 'share.coordinator.state.topic'].flatMap((topic) => [
        [`${topic}.replication.factor`, 1],
        [`${topic}.num.partitions`, 1],
      ]),
    ),
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    // A broker that was killed may come back only when the session of its former life has ended.
    'broker.session.timeout.ms': 3000,
    'broker.heartbeat.interval.ms': 500,
    'log.cleaner.dedupe.buffer.size': 4 * 1024 * 1024,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** Idempotent producers need an id, which a broker can give some time after it has begun to listen. */
async function givesProducerIds(broker: string): Promise<boolean> {
  const producer = new Producer({
    clientId: 'readiness',
    bootstrapBrokers: [broker],
    retries: 0,
    connectTimeout: 1000,
  });
  try {
    await producer.initIdempotentProducer({});
    return true;
  } catch {
    return false;
  } finally {
    await producer.close();
  }
}

export async function startKafka(context: ServerContext): Promise<Kafka> {
  const dir = serverDir(context, 'kafka');
  const ports = await freePorts('plain', 'secure', 'controller');
  createServerCertificate(dir);
  const read = (file: string): string => readFileSync(join(dir, file), 'utf8');
  writeFileSync(join(dir, 'keystore.pem'), read('server.key') + read('server.crt'), { mode: 0o600 });
  const file = join(dir, 'server.properties');
  writeFileSync(file, properties(dir, ports));

  const logLevel = '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn';
  const command = [...java('160m'), logLevel, '-cp', join(installation('kafka'), 'lib', '*')];
  const scram = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
    '--add-scram',
    `${mechanism}=[name=${USERNAME},password=${PASSWORD}]`,
  ]);
  const clusterId = Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url');
  const format = ['kafka.tools.StorageTool', 'format', '--config', file, `--cluster-id=${clusterId}`, ...scram];
  await run(command[0] ?? '', [...command.slice(1), ...format]);

  const plainBroker = `127.0.0.1:${ports.plain}`;
  const server = await launch({
    name: 'kafka',
    dir,
    command: [...command, 'kafka.Kafka', file],
    ready: () => givesProducerIds(plainBroker),
  });
  return {
    ...server,
    plainBroker,
    secureBroker: `127.0.0.1:${ports.secure}`,
    username: USERNAME,
    password: PASSWORD,
    ca: read('ca.crt'),
  };
}
