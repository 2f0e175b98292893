/**
 * Delivers to a file for ever, until it is killed: `file-sink-writer.ts SETTINGS FROM`. After each delivery it prints how
 * many records were taken.
 */
import { writeSync } from 'node:fs';
import * as v from 'valibot';
import { loadConfig } from '../../src/config/load.ts';
import { fileSink } from '../../src/sinks/file.ts';
import { createLogger } from '../../src/telemetry/log.ts';
import { messageNumber } from './open-sink.ts';

const [text = '', from = ''] = process.argv.slice(2);
const { config: settings } = await loadConfig({ schema: v.strictObject(fileSink.config), text, env: {} });
const logger = createLogger({ format: 'json', level: 'warn', destination: process.stderr });
const sink = await fileSink.create(settings, { name: 'file', logger, env: {}, userAgent: '' });
for (let next = Number(from); ; ) {
  const count = 1 + Math.floor(Math.random() * 50);
  const batch = Array.from({ length: count }, (_, index) => sink.encode(messageNumber(next + index)).value);
  const outcomes = await sink.deliver(batch, new AbortController().signal);
  next += outcomes.filter(({ status }) => status === 'ok').length;
  writeSync(1, `${next}\n`);
}
