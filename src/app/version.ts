import packageJson from '../../package.json' with { type: 'json' };

/** The version of Tidings. */
export const VERSION: string = packageJson.version;
