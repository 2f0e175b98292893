/** What the path of every operation of the JSON API begins with. Alone in a file: the page takes it with the client. */
export const API_ROOT = '/tidings/v1';
