import { createRequire } from 'node:module';
import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import type pretty from 'pino-pretty';

export type { Logger } from 'pino';

export type LogFormat = 'json' | 'pretty';
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * A logger that writes to stderr unless a destination is given, for `pretty` a stream. Never hand it a secret: it redacts
 * nothing.
 */
export function createLogger(options: {
  readonly format: LogFormat;
  readonly level: LogLevel;
  readonly destination?: DestinationStream;
}): Logger {
  const destination =
    options.format === 'pretty'
      ? loadPretty()({
          colorize: process.stderr.isTTY === true,
          destination: options.destination ?? 2,
          sync: true,
          messageKey: 'message',
          ignore: 'pid,hostname',
          translateTime: 'SYS:HH:MM:ss.l',
        })
      : options.destination;
  const settings = {
    level: options.level,
    base: null,
    messageKey: 'message',
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return pino(settings, destination ?? standardError());
}

/** Only for a terminal: in a daemon it would be some megabytes that are never used. */
function loadPretty(): typeof pretty {
  return createRequire(import.meta.url)('pino-pretty') as typeof pretty;
}

/** Lines that cannot be written, as on a full volume, are kept up to this and written when there is space. */
const MAX_KEPT_BYTES = 1024 * 1024;

function standardError(): DestinationStream {
  // Written synchronously to the descriptor: a worker's process.stderr would go through the main thread.
  const destination = pino.destination({ fd: 2, sync: true, maxLength: MAX_KEPT_BYTES });
  // Without a listener the failure would end the process.
  return destination.on('error', () => {});
}
