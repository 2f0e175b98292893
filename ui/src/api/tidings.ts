import { createClient } from '../../../src/api/json/client.ts';
import { token } from './token.ts';

/** Where the page's own address begins: the server puts it into index.html, whatever prefix a proxy adds. */
export const BASE = new URL('.', document.baseURI);

/** The API that answers beside the page. */
export const tidings = createClient({
  url: BASE,
  fetch(url, init) {
    const headers = new Headers(init.headers);
    const known = token();
    if (known !== undefined) headers.set('Authorization', `Bearer ${known}`);
    return fetch(url, { ...init, headers });
  },
});
