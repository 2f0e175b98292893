/** `tidings event-collector …`, or a program of that name: what the other tool does, by its own command line. */
import { createHash } from 'node:crypto';
import { PERSONALITIES } from '../compat/index.ts';
import type { Personality, Translation } from '../compat/personality.ts';
import type { CliIo } from './_io.ts';
import { personalityConfig } from './_personality-config.ts';

/** By the name of the tool. */
export function personalityNamed(name: string | undefined): Personality | undefined {
  return PERSONALITIES.find((personality) => personality.name === name);
}

/** Runs until it is stopped, and resolves with the exit code. */
export async function runPersonality(
  { name, translate }: Personality,
  args: readonly string[],
  io: CliIo,
): Promise<number> {
  const translation = translate(args);
  if ('exitCode' in translation) {
    io.stderr.write(translation.text);
    return translation.exitCode;
  }
  const [{ run }, { loadRunConfig }, { placeStore }] = await Promise.all([
    import('../app/run.ts'),
    import('../app/run-config.ts'),
    import('../app/store-place.ts'),
  ]);
  const config = await loadRunConfig({}, io.env, { name, text: personalityConfig(translation) });
  const placed = placeStore(config, { name: storeName(name, translation), env: io.env });
  io.stdout.write(translation.greeting);
  await run(placed, () => {}, io.signal ?? new AbortController().signal);
  return 0;
}

function storeName(tool: string, { identity }: Translation): string {
  return `${tool}-${createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 8)}`;
}
