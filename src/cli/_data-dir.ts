import { resolveDataDir } from '../config/data-dir.ts';
import type { CliIo } from './_io.ts';

/** The demo must not mix its made-up events with real ones, unless somebody asks for it. */
export function demoDataDir(env: CliIo['env']): string {
  return env['TIDINGS_DATA'] ? resolveDataDir(env) : `${resolveDataDir(env)}-demo`;
}
