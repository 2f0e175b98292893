import { X509Certificate } from 'node:crypto';
import { compareSync } from 'bcryptjs';
import { describe, expect, test } from 'vitest';
import { goResult } from '../../../../test/helpers/go-result.ts';
import { parseTemplate } from '../template.ts';
import { TemplateError } from '../template-error.ts';
import { loadLocation } from '../time-zone.ts';
import { fromJson } from '../value.ts';
import goResults from './sprig.fixture.json' with { type: 'json' };
import { sprigFunctions } from './sprig.ts';

const NOW = Date.UTC(2024, 4, 13, 8, 11, 12);
const functions = sprigFunctions({
  environment: { GREETING: 'hello', EMPTY: '' },
  timezone: loadLocation('Europe/Berlin'),
  now: () => NOW,
});

const render = (text: string, data: unknown = null): string =>
  parseTemplate('template', text, { functions }).execute(fromJson(data));

// What Go and sprig 3.3.0 make of each: the output or the message of the error. e2e/go-template compares far more.
describe.each(Object.entries(goResults))('sprigFunctions give what Go gives for %s', (_, rows) => {
  test.each(rows)('%s', (text, result) => {
    expect(goResult(() => render(text ?? ''))).toBe(result);
  });
});

describe('sprigFunctions', () => {
  test('are all of sprig.TxtFuncMap', () => {
    expect(Object.keys(functions)).toHaveLength(211);
  });

  test('tell the time they are given, in the zone they are given', () => {
    expect(render('{{ now | date "2006-01-02 15:04:05 MST" }}')).toBe('2024-05-13 10:11:12 CEST');
    expect(render('{{ dateInZone "15:04 MST" now "UTC" }}')).toBe('08:11 UTC');
    expect(render('{{ date "2006-01-02" "no time" }}')).toBe('2024-05-13');
    expect(render('{{ ago (now | dateModify "-90m") }}')).toBe('1h30m0s');
    expect(render('{{ durationRound (now | dateModify "-50h") }}')).toBe('2d');
    expect(render('{{ toDate "2006-01-02" "2024-01-31" }}')).toBe('2024-01-31 00:00:00 +0100 CET');
  });

  test('see no environment but the one they are given', () => {
    const { PATH } = process.env;
    expect(PATH).not.toBe('');
    expect(render('{{ env "PATH" }}{{ expandenv "$PATH" }}')).toBe('');
  });

  test('refuse to build what would not fit in memory', () => {
    for (const text of ['repeat 1000000000 "x"', 'until 1000000000', 'indent 1000000000 "a"', 'randAlpha 1000000000']) {
      expect(() => render(`{{ ${text} }}`)).toThrow(TemplateError);
    }
  });

  test('look hosts up', () => {
    expect(render('{{ getHostByName "127.0.0.1" }}')).toBe('127.0.0.1');
  });

  test('sort a list of texts where it is, as Go does', () => {
    expect(render('{{ $l := splitList "," "b,a" }}{{ $_ := sortAlpha $l }}{{ $l }}')).toBe('[a b]');
  });
});

describe('passwords', () => {
  test('are hashed so that they can be checked', () => {
    const [user = '', hash = ''] = render('{{ htpasswd "ada" "secret" }}').split(':');
    expect(user).toBe('ada');
    expect(compareSync('secret', hash)).toBe(true);
    expect(compareSync('other', hash)).toBe(false);
  });

  test('are derived from the site and the counter', () => {
    expect(render('{{ derivePassword 1 "long" "password" "user" "example.com" }}')).toBe('ZedaFaxcZaso9*');
  });
});

describe('certificates', () => {
  const sign = `{{ $ca := genCAWithKey "my ca" 10 (genPrivateKey "ecdsa") -}}
{{ $c := genSignedCertWithKey "web" (list "10.0.0.1" "fe80::1") (list "web.example") 30 $ca (genPrivateKey "ed25519") -}}
{{ dict "ca" $ca.Cert "cert" $c.Cert | toJson }}`;
  const { ca, cert } = JSON.parse(render(sign)) as { ca: string; cert: string };
  const [authority, leaf] = [new X509Certificate(ca), new X509Certificate(cert)];

  test('are signed by their authority', () => {
    expect(authority.ca).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(leaf.checkIssued(authority)).toBe(true);
    expect(leaf.verify(authority.publicKey)).toBe(true);
    expect(authority.verify(authority.publicKey)).toBe(true);
  });

  test('name what they are for and last as long as they were asked to', () => {
    expect(leaf.subject).toBe('CN=web');
    expect(leaf.issuer).toBe('CN=my ca');
    expect(leaf.checkHost('web.example')).toBe('web.example');
    expect(leaf.checkIP('10.0.0.1')).toBe('10.0.0.1');
    expect(leaf.checkIP('fe80::1')).toBe('fe80::1');
    expect(leaf.validToDate.getTime() - NOW).toBe(30 * 86_400_000);
  });
});
