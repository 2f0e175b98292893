/** Sprig's functions for paths, on Unix for those of the operating system too: https://masterminds.github.io/sprig/paths.html */

import type { TemplateFunctions } from '../functions.ts';
import { BOOL, STRING } from '../go-type.ts';
import { define, string } from './define.ts';

/** `path.Clean`: without empty parts, `.` and the `..` that can be resolved. */
function clean(path: string): string {
  const rooted = path.startsWith('/');
  const kept: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') kept.push(part);
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (!rooted) kept.push(part);
  }
  return (rooted ? '/' : '') + kept.join('/') || '.';
}

function base(path: string): string {
  if (path === '') return '.';
  const parts = path.split('/');
  return parts.findLast((part) => part !== '') ?? '/';
}

const dir = (path: string): string => clean(path.slice(0, path.lastIndexOf('/') + 1));

function extension(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.includes('.') ? name.slice(name.lastIndexOf('.')) : '';
}

const onPath = (change: (path: string) => string) => define([string], STRING, change);
const isAbsolute = define([string], BOOL, (path) => path.startsWith('/'));

export const PATH_FUNCTIONS: TemplateFunctions = {
  base: onPath(base),
  dir: onPath(dir),
  clean: onPath(clean),
  ext: onPath(extension),
  isAbs: isAbsolute,
  osBase: onPath(base),
  osDir: onPath(dir),
  osClean: onPath(clean),
  osExt: onPath(extension),
  osIsAbs: isAbsolute,
};
