import { expect, test } from 'vitest';
import { revision } from '../../../test/contract/event-arbitrary.ts';
import { servedJson } from '../../../test/helpers/served-json.ts';

async function exported(format: string, messages: readonly string[], query = '') {
  const api = await servedJson();
  await api.store.apply(
    messages.map((message, index) => {
      const n = index + 1;
      const record = revision({ event: n, object: 1, resourceVersion: n, second: n, count: 1 });
      return { ...record, body: { ...record.body, message } };
    }),
  );
  const response = await fetch(`${api.url}/tidings/v1/export?format=${format}${query}`);
  return { type: response.headers.get('content-type'), text: await response.text() };
}

test('/export has comma-separated values of which none is a formula or ends its line', async () => {
  const { type, text } = await exported('csv', ['plain', 'a "b", c\nd', '=HYPERLINK("x")']);
  expect(type).toBe('text/csv; charset=utf-8');
  const [head, first, ...rest] = text.split('\r\n');
  expect(head).toBe('last,first,count,severity,type,reason,cluster,namespace,kind,name,node,source,message,id');
  expect(first).toMatch(
    /^2026-01-02T03:00:01\.000Z,.*,1,critical,Warning,BackOff,prod,shop,Pod,web-1,node-1,kubelet,plain,/,
  );
  expect(rest[0]).toContain(',"a ""b"", c\nd",');
  expect(rest[1]).toContain(`,"'=HYPERLINK(""x"")",`);
  expect(rest.slice(2)).toEqual(['']);
});

test('/export has a table in Markdown in which what others wrote stands in code spans, and says where it goes on', async () => {
  const messages = ['<b>|x|</b>\n[y](http://z) @team', '``a`', '\u202Eab\u200B', 'more'];
  const { type, text } = await exported('md', messages, '&limit=3');
  expect(type).toBe('text/markdown; charset=utf-8');
  const [, , ...lines] = text.split('\n');
  const cells = lines.slice(0, 3).map((line) => line.slice(line.indexOf('shop/Pod')));
  expect(lines[0]).toBe(
    '| 2026-01-02T03:00:01.000Z | 1 | `BackOff` | `shop/Pod/web-1` | `<b>\\|x\\|</b> [y](http://z) @team` |',
  );
  expect(cells.slice(1)).toEqual(['shop/Pod/web-1` | ``` ``a` ``` |', 'shop/Pod/web-1` | `U+202EabU+200B` |']);
  expect(lines[4]).toMatch(/^`There are more/);
});
