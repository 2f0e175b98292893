import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import pretty from 'pino-pretty';

export type { Logger } from 'pino';

export type LogFormat = 'json' | 'pretty';
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A logger that writes to stderr unless a destination is given, for `pretty` a stream. Never hand it a secret: it redacts nothing. */
export function createLogger(options: {
  readonly format: LogFormat;
  readonly level: LogLevel;
  readonly destination?: DestinationStream;
}): Logger {
  const destination =
    options.format === 'pretty'
      ? pretty({
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
  // Written synchronously to the descriptor: a worker's process.stderr would go through the main thread.
  return pino(settings, destination ?? pino.destination({ fd: 2, sync: true }));
}
