import { describe, expect, test } from 'vitest';
import { createLogger } from './log.ts';

describe('createLogger', () => {
  test('writes one JSON object a line, from the level on, with names and times that people can read', () => {
    const lines: string[] = [];
    const destination = { write: (line: string) => lines.push(line) };
    const logger = createLogger({ format: 'json', level: 'info', destination }).child({ cluster: 'prod' });
    logger.debug('too low');
    logger.warn({ problem: 'no space left' }, 'cannot commit');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      {
        level: 'warn',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        cluster: 'prod',
        problem: 'no space left',
        message: 'cannot commit',
      },
    ]);
  });
});
