import { arch, platform } from 'node:os';
import packageJson from '../../package.json' with { type: 'json' };

/** The version of Tidings. */
export const VERSION: string = packageJson.version;

/** How Tidings introduces itself to servers. */
export const USER_AGENT = `tidings/${VERSION} (${platform()}/${arch()})`;
