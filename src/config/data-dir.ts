import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/**
 * The data directory, absolute, when neither a flag nor the file names one: `TIDINGS_DATA`, else `$XDG_DATA_HOME/tidings`, else
 * `~/.local/share/tidings`. Empty variables count as unset, and so does a relative `XDG_DATA_HOME`
 * (https://specifications.freedesktop.org/basedir-spec/latest/#variables).
 */
export function resolveDataDir(env: Readonly<Record<string, string | undefined>>): string {
  if (env['TIDINGS_DATA']) return resolve(env['TIDINGS_DATA']);
  const dataHome = env['XDG_DATA_HOME'];
  if (dataHome && isAbsolute(dataHome)) return join(dataHome, 'tidings');
  return join(env['HOME'] || homedir(), '.local', 'share', 'tidings');
}
