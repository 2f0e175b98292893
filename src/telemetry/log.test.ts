import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createLogger } from './log.ts';

const FULL = '/dev/full';

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

  test.skipIf(!existsSync(FULL)).each(['json', 'pretty'])('goes on when a %s line cannot be written', (format) => {
    const full = openSync(FULL, 'w');
    onTestFinished(() => closeSync(full));
    const script = `
      import { createLogger } from ${JSON.stringify(new URL('./log.ts', import.meta.url))};
      const logger = createLogger({ format: '${format}', level: 'info' });
      for (let line = 0; line < 3; line++) logger.info('a line');
      setTimeout(() => console.log('still here'), 10);
    `;
    const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', full],
      encoding: 'utf8',
    });
    expect({ stdout, status }).toEqual({ stdout: 'still here\n', status: 0 });
  });
});
