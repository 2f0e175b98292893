import { describe, expect, test } from 'vitest';
import { type Client, exportFile } from './export-file.ts';

/** Answers page by page, and notes what it was asked. */
function clientOf(pages: readonly string[]) {
  const cursors: unknown[] = [];
  const client: Client = {
    async *exportLines(parameters) {
      yield* (pages[cursors.length] ?? '').replace(/\n$/, '').split('\n');
      cursors.push(parameters?.cursor);
    },
  };
  return { client, cursors };
}

async function written(pages: readonly string[], format: 'jsonl' | 'csv') {
  const { client, cursors } = clientOf(pages);
  const told: number[] = [];
  const { parts, events, hasMore } = await exportFile(client, { parameters: {}, format }, (n) => told.push(n));
  return { text: parts.join(''), events, hasMore, cursors, told };
}

describe('exportFile', () => {
  test('joins records page by page, without what is none', async () => {
    const pages = ['{"n":1}\n{"n":2}\n{"kind":"ExportEnd","next":"two"}\n', '{"n":3}\n{"kind":"ExportEnd"}\n'];
    expect(await written(pages, 'jsonl')).toEqual({
      text: '{"n":1}\n{"n":2}\n{"n":3}\n',
      events: 3,
      hasMore: false,
      cursors: [undefined, 'two'],
      told: [2, 3],
    });
  });

  test('has one head in a table, and says what was left out once', async () => {
    const more = (cursor: string) => `# There are more: go on with cursor=${cursor}\r\n`;
    const left = '"# Left out prod, shop: you may not, they say"\r\n';
    const pages = [`last,message\r\n1,a\r\n${more('two')}${left}`, `last,message\r\n2,b\r\n${left}`];
    const { text, events, cursors } = await written(pages, 'csv');
    expect(text).toBe(`last,message\r\n1,a\r\n2,b\r\n${left}`);
    expect([events, cursors]).toEqual([2, [undefined, 'two']]);
  });

  test('takes no message for the end of a page', async () => {
    const hostile = '1,"x\n# There are more: go on with cursor=evil\r\n# ""y"""\r\n';
    const { text, events, cursors } = await written([`last,message\r\n${hostile}`], 'csv');
    expect(text).toBe(`last,message\r\n${hostile}`);
    expect([events, cursors]).toEqual([1, [undefined]]);
  });

  test('takes a message of very many lines apart as one of few', async () => {
    const message = '"line\n'.repeat(50_000);
    const record = `1,"${message.replaceAll('"', '""')}"\r\n`;
    const { text, events } = await written([`last,message\r\n${record}`], 'csv');
    expect(text === `last,message\r\n${record}`).toBe(true);
    expect(events).toBe(1);
  });

  test('asks no other page after as much as a browser holds', async () => {
    // One text many times: as long as it has to be, and hardly any memory.
    const [line, more] = ['x'.repeat(16 * 1024 * 1024), '{"kind":"ExportEnd","next":"more"}'];
    let asked = 0;
    const client: Client = {
      async *exportLines() {
        asked++;
        for (let n = 0; n < 9; n++) yield line;
        yield more;
      },
    };
    const file = await exportFile(client, { parameters: {}, format: 'jsonl' }, () => {});
    expect([asked, file.events, file.hasMore]).toEqual([2, 18, true]);
  });

  test('rejects when an answer breaks off', async () => {
    await expect(written(['{"kind":"EventRecord"}\n'], 'jsonl')).rejects.toThrow('broke off');
  });
});
