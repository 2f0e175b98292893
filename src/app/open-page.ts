import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Endpoint } from '../api/listener.ts';
import { pageEndpoint } from '../api/page/page.ts';

/** The page as it was built: beside the bundle, or in `dist` of the checkout. */
export function openPage(local: boolean): Endpoint {
  const bundled = join(import.meta.dirname, 'page');
  const folder = existsSync(bundled) ? bundled : join(import.meta.dirname, '../../dist/page');
  return pageEndpoint(folder, local);
}
