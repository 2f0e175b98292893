/** Our templates against Go's: every template of the corpus gives the same bytes, or fails in both at the same place. */
import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import { sprigFunctions } from '../src/lang/go-template/sprig/sprig.ts';
import { binary } from './cluster/binaries.ts';
import { corpus, type TemplateCase } from './go-template/corpus.ts';
import { CASES_FILE, ENVIRONMENT, type Outcome, render, TIMEZONE } from './go-template/ours.ts';
import { lacking } from './helpers/require-component.ts';

const CASES = corpus();

/** What Go makes of the cases, in their order. */
function renderWithGo(): Outcome[] {
  const input = CASES.map(({ template, data }) => JSON.stringify({ template, data })).join('\n');
  const { status, stdout, stderr } = spawnSync(binary('go-template'), [CASES_FILE], {
    input,
    env: { ...ENVIRONMENT, TZ: TIMEZONE },
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`go-template failed: ${stderr.toString()}`);
  const lines = stdout.toString().trimEnd().split('\n');
  return lines.map((line) => {
    const { output = '', error } = JSON.parse(line) as { output?: string; error?: string };
    return error === undefined ? { output: Buffer.from(output, 'base64') } : { error };
  });
}

/** Where an error is, which is the same in both, and what it says, which need not be. */
const positionOf = (error: string): string => /^template: [^:]*:\d+(?::\d+)?/.exec(error)?.[0] ?? error;

/** What both are compared by: bytes, the place of an error, or whether random output has the right shape. */
function comparable(outcome: Outcome | undefined, shape: RegExp | undefined): string {
  if (outcome === undefined) return 'no outcome';
  if ('error' in outcome) return `error at ${positionOf(outcome.error)}`;
  // Bytes that are not UTF-8 must differ visibly.
  const text = outcome.output.toString('latin1');
  return shape?.test(outcome.output.toString()) === true ? 'of the right shape' : text;
}

describe.skipIf(lacking('go-template'))('templates', () => {
  let expected: readonly Outcome[] = [];
  beforeAll(() => {
    expected = renderWithGo();
  });

  test('of the corpus are more than a thousand, and Go renders each', () => {
    expect(CASES.length).toBeGreaterThan(1000);
    expect(expected).toHaveLength(CASES.length);
  });

  test('of the corpus use every function of sprig', () => {
    const all = CASES.map(({ template }) => template).join('\n');
    const unused = Object.keys(sprigFunctions()).filter((name) => !new RegExp(`\\b${name}\\b`).test(all));
    expect(unused).toEqual([]);
  });

  const areas = [...new Set(CASES.map(({ area }) => area))];
  test.each(areas)('of %s come out as Go renders them', (area) => {
    const differences = CASES.flatMap((known, index) => differenceOf(known, area, expected[index]));
    expect(differences).toEqual([]);
  });
});

/** What is not as it should be: a difference, or none where one is known. */
function differenceOf(
  { area, template, data, shape, differs }: TemplateCase,
  wanted: string,
  go: Outcome | undefined,
): object[] {
  if (area !== wanted) return [];
  const [theirs, ours] = [comparable(go, shape), comparable(render(template, data), shape)];
  return (theirs === ours) === (differs === undefined) ? [] : [{ template, data, go: theirs, ours, differs }];
}
