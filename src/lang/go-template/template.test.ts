import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { goResult } from '../../../test/helpers/go-result.ts';
import goResults from './template.fixture.json' with { type: 'json' };
import { parseTemplate } from './template.ts';
import { TemplateError } from './template-error.ts';
import { anyMap, fromJson, GoError, type GoValue } from './value.ts';
import { data, functions } from './values.fixture.ts';

const render = (text: string, dot: GoValue = data): string => parseTemplate('t', text, { functions }).execute(dot);

// Templates over the values of the fixture, and what Go 1.26 makes of each: its output or the message of its error.
describe.each(Object.entries(goResults))('parseTemplate gives what Go gives for %s', (_, rows) => {
  test.each(rows)('%s', (text, result) => {
    expect(goResult(() => render(text ?? ''))).toBe(result);
  });
});

function errorOf(run: () => unknown): TemplateError {
  try {
    run();
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

describe('TemplateError', () => {
  test('says where a template does not parse', () => {
    const { templateName, line, column } = errorOf(() => parseTemplate('layout', 'a\nbé{{ nosuch }}'));
    expect({ templateName, line, column }).toEqual({ templateName: 'layout', line: 2, column: 6 });
  });

  test('says where an execution failed, in bytes', () => {
    const { templateName, line, column } = errorOf(() => render('é\né{{ .ev.Nope }}'));
    expect({ templateName, line, column }).toEqual({ templateName: 't', line: 2, column: 8 });
  });

  test('keeps what a function threw as its cause, also what it did not mean to throw', () => {
    expect(errorOf(() => render('{{fail "no"}}')).cause).toEqual(new GoError('no'));
    const broken = { params: [], call: (): GoValue => JSON.parse('{') };
    const error = errorOf(() => parseTemplate('t', '{{broken}}', { functions: { broken } }).execute(null));
    expect(error.message).toContain('executing "t" at <broken>: error calling broken: ');
    expect(error.cause).toBeInstanceOf(SyntaxError);
  });
});

describe('limits', () => {
  const limited = (text: string, limits: object, dot: GoValue = null): string =>
    errorOf(() => parseTemplate('t', text, { limits }).execute(dot)).message;

  test.each([
    ['{{range 100}}x{{end}}', { steps: 50 }, 'too many steps'],
    ['{{define "a"}}{{template "a"}}{{end}}{{template "a"}}', {}, 'exceeded maximum template depth (500)'],
    ['{{range 20}}0123456789{{end}}', { outputBytes: 100 }, 'output is larger than 100 bytes'],
    ['{{range 40}}é{{end}}', { outputBytes: 60 }, 'output is larger than 60 bytes'],
    ['{{$s := "0123456789"}}{{range 40}}{{$s = print $s $s}}{{end}}', { outputBytes: 1e6 }, 'output is larger than'],
    ['{{printf "%9999999d" 1}}', { outputBytes: 1e6 }, 'output is larger than'],
    ['{{range 9223372036854775807}}{{end}}', {}, 'too many steps'],
  ])('end %s', (text, limits, message) => {
    expect(limited(text, limits)).toContain(message);
  });

  test('end the printing of a map that contains itself', () => {
    const map = anyMap([]);
    map.set('self', map);
    expect(limited('{{.}}', {}, map)).toMatch(/^template: t:1:2: executing "t" at <.*>: /);
  });

  test('end nesting that is too deep to parse', () => {
    const deep = (depth: number) => `{{${'('.repeat(depth)}1${')'.repeat(depth)}}}`;
    expect(render(deep(400))).toBe('1');
    expect(errorOf(() => parseTemplate('t', deep(600))).message).toBe('template: t:1: max expression depth exceeded');
    const ifs = '{{if true}}'.repeat(600) + '{{end}}'.repeat(600);
    expect(errorOf(() => parseTemplate('t', ifs)).message).toContain('max expression depth exceeded');
  });
});

describe('Template', () => {
  test('can be executed again with other data, without what the last execution left', () => {
    const template = parseTemplate('t', '{{$x := .a}}{{range .l}}{{$x = .}}{{end}}{{$x}}');
    expect(template.execute(fromJson({ a: 1, l: [2] }))).toBe('2');
    expect(template.execute(fromJson({ a: 3 }))).toBe('3');
  });

  test('can call a function in place of a keyword or built-in of the same name', () => {
    const said = { params: [], call: (): GoValue => 'mine' };
    const template = parseTemplate('t', '{{break}} {{len}}', { functions: { break: said, len: said } });
    expect(template.execute(null)).toBe('mine mine');
  });
});

const PIECES = `{{ }} {{- -}} ( ) | . .a $ $x := = , "s" \`r\` 'c' " 1 - 0x 1.5 if else end range with define template block
  break print /* */ é nil true eq index and`;
const pieces = fc.constantFrom(...PIECES.split(/\s+/), ' ', '\n', '\ud800', '\0');
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join('')),
  fc.array(pieces, { maxLength: 12 }).map((parts) => `{{${parts.join('')}}}`),
);

/** What a text fails with when it is executed, if it does. */
function failureOf(source: string): TemplateError | undefined {
  try {
    parseTemplate('t', source, { limits: { steps: 1000 } }).execute(fromJson({ a: [1] }));
    return undefined;
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
}

describe('escape', () => {
  const escaped = (source: string): string =>
    parseTemplate('t', source, { escape: encodeURIComponent }).execute(fromJson({ a: '/', b: [1, 2.5], c: '?' }));

  test('is applied to what is printed, once, and to nothing else', () => {
    expect(escaped('https://x/?{{ .a }}&{{ .b }}{{/* ? */}}')).toBe('https://x/?%2F&%5B1%202.5%5D');
    expect(escaped('{{ define "u" }}/{{ . }}{{ end }}{{ template "u" .c }}{{ range .b }}{{ . }}/{{ end }}')).toBe(
      '/%3F1/2.5/',
    );
  });

  test('is not applied to what is compared or passed on', () => {
    expect(escaped('{{ if eq .a "/" }}yes{{ end }}{{ $x := .a }}{{ printf "%s" $x }}')).toBe('yes%2F');
  });
});

describe('any text', () => {
  test('either is a template or fails with a position in it', () => {
    const positions = text.map((source) => ({ lines: source.split('\n').length, failure: failureOf(source) }));
    fc.assert(
      fc.property(positions, ({ lines, failure }) => {
        const { message, line, column } = failure ?? { message: 'template: t:1:', line: 1, column: 0 };
        expect(message).toMatch(/^template: t:\d+:/);
        expect(line).toBeGreaterThanOrEqual(1);
        expect(line).toBeLessThanOrEqual(lines);
        expect(column).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 2000 },
    );
  });

  test('without an action is its own output', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }).filter((source) => !source.includes('{{')),
        (source) => {
          expect(parseTemplate('t', source).execute(null)).toBe(source);
        },
      ),
    );
  });
});
