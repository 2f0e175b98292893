/**
 * Which room may import which. Whatever is absent from the table is forbidden, type-only imports included: layers rot by
 * types first.
 */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

interface Room {
  readonly rooms: readonly string[];
  readonly packages: readonly string[];
}

const BELOW_COMPONENT = ['util', 'core', 'lang', 'telemetry', 'config'];
const BELOW_APP = [...BELOW_COMPONENT, 'component'];

const ROOMS: Readonly<Record<string, Room>> = {
  util: { rooms: [], packages: ['undici'] },
  core: { rooms: ['util'], packages: [] },
  telemetry: { rooms: ['core', 'util'], packages: ['pino', 'pino-pretty', 'prom-client'] },
  lang: { rooms: ['core', 'util'], packages: ['@marcbachmann/cel-js', 'bcryptjs', 're2js'] },
  config: { rooms: ['lang', 'core', 'util'], packages: ['valibot', 'yaml'] },
  component: { rooms: BELOW_COMPONENT, packages: ['valibot'] },
  sources: { rooms: BELOW_APP, packages: ['@platformatic/kafka', 'valibot', 'yaml'] },
  store: { rooms: BELOW_APP, packages: ['better-sqlite3', 'valibot'] },
  pipeline: { rooms: BELOW_APP, packages: ['valibot'] },
  formats: { rooms: BELOW_APP, packages: ['valibot'] },
  sinks: { rooms: [...BELOW_APP, 'formats'], packages: ['@platformatic/kafka', 'valibot'] },
  simulator: { rooms: ['core', 'util'], packages: [] },
  api: { rooms: BELOW_APP, packages: ['@hono/node-server', '@valibot/to-json-schema', 'hono', 'valibot'] },
  compat: { rooms: ['util', 'core', 'config'], packages: [] },
  app: {
    rooms: [...BELOW_APP, 'sources', 'sinks', 'formats', 'store', 'pipeline', 'simulator', 'api'],
    packages: ['valibot'],
  },
  cli: { rooms: [...BELOW_APP, 'app', 'compat', 'simulator'], packages: ['commander', 'yaml'] },
  'main.ts': { rooms: ['cli'], packages: [] },
};

/** Which folder of `api` may import which other; what lies beside the folders is for all of them, and imports none. */
const API_FOLDERS: Readonly<Record<string, readonly string[]>> = {
  json: [],
  kubernetes: [],
  page: [],
  proxy: ['kubernetes'],
};

const src = import.meta.dirname;
const files = globSync('**/*.ts', { cwd: src }).filter((file) => !file.endsWith('.test.ts'));

const roomOf = (file: string): string => file.split('/')[0] ?? '';

/** What a file imports: paths relative to src, and packages. */
function importsOf(file: string): { paths: string[]; packages: string[] } {
  const text = readFileSync(join(src, file), 'utf8');
  const specifiers = [...text.matchAll(/(?:from|import|import\(|new URL\()\s*'([^']+)'/g)].map(
    (match) => match[1] ?? '',
  );
  const paths = specifiers
    .filter((name) => name.startsWith('.') && !name.endsWith('/package.json'))
    .map((name) => relative(src, resolve(src, dirname(file), name)));
  const packages = specifiers.filter((name) => /^[a-z@]/.test(name) && !name.startsWith('node:'));
  return {
    paths,
    packages: packages.map((name) =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/'),
    ),
  };
}

describe('the rooms', () => {
  test('are all in the table, and the table names no other', () => {
    expect(new Set(files.map(roomOf))).toEqual(new Set(Object.keys(ROOMS)));
  });

  test('import only what the table allows', () => {
    const breaches: string[] = [];
    let edges = 0;
    for (const file of files) {
      const room = ROOMS[roomOf(file)];
      const { paths, packages } = importsOf(file);
      edges += paths.length;
      for (const path of paths) {
        if (roomOf(path) !== roomOf(file) && !room?.rooms.includes(roomOf(path)))
          breaches.push(`${file} imports ${path}`);
      }
      for (const name of packages) if (!room?.packages.includes(name)) breaches.push(`${file} imports ${name}`);
    }
    expect(breaches).toEqual([]);
    // A checker that saw nothing must not pass.
    expect(files.length).toBeGreaterThan(40);
    expect(edges).toBeGreaterThan(100);
  });

  test('reach into a folder of another room only past its private files', () => {
    const breaches = files.flatMap((file) =>
      importsOf(file)
        .paths.filter((path) => /(^|\/)_/.test(path) && dirname(path) !== dirname(file))
        .map((path) => `${file} imports ${path}`),
    );
    expect(breaches).toEqual([]);
  });

  test('of api has folders that import what lies beside them, never the other way round', () => {
    const folderOf = (file: string): string => (dirname(file) === 'api' ? '' : (file.split('/')[1] ?? ''));
    const inApi = files.filter((file) => roomOf(file) === 'api');
    const breaches = inApi.flatMap((file) => {
      const folder = folderOf(file);
      const allowed = ['', folder, ...(API_FOLDERS[folder] ?? [])];
      return importsOf(file)
        .paths.filter((path) => roomOf(path) === 'api' && !allowed.includes(folderOf(path)))
        .map((path) => `${file} imports ${path}`);
    });
    expect(breaches).toEqual([]);
    expect(new Set(inApi.map(folderOf))).toEqual(new Set(['', ...Object.keys(API_FOLDERS)]));
  });
});
