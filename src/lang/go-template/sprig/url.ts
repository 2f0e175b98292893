/** Sprig's functions for URLs: https://masterminds.github.io/sprig/url.html */

import type { TemplateFunctions } from '../functions.ts';
import { ANY_MAP, STRING } from '../go-type.ts';
import { anyMap, GoError, type GoMap, GoScalar, type GoValue, typeOf } from '../value.ts';
import { define, map, string } from './define.ts';
import { type GoUrl, hostname, parseUrl, urlText, userinfoText } from './go-url.ts';

function parsed(text: string, what: string): GoUrl {
  try {
    return parseUrl(text);
  } catch (error) {
    if (error instanceof GoError) throw new GoError(`unable to parse ${what}: ${error.message}`);
    throw error;
  }
}

function urlParse(text: string): GoValue {
  const { userinfo, ...url } = parsed(text, 'url');
  const parts = {
    ...url,
    hostname: hostname(url.host),
    userinfo: userinfo === undefined ? '' : userinfoText(userinfo),
  };
  return anyMap(Object.entries(parts));
}

function textAt(parts: GoMap, key: string): string {
  if (!parts.has(key)) return '';
  const value = parts.get(key) ?? null;
  const text = value instanceof GoScalar ? value.value : value;
  if (value === null) throw new GoError('runtime error: invalid memory address or nil pointer dereference');
  if (typeof text === 'string') return text;
  throw new GoError(`unable to parse ${key} key, must be of type string, but ${typeOf(value).kind} found`);
}

function urlJoin(parts: GoMap): string {
  const [scheme = '', host = '', path = '', query = '', opaque = '', fragment = '', userinfo = ''] = [
    'scheme',
    'host',
    'path',
    'query',
    'opaque',
    'fragment',
    'userinfo',
  ].map((key) => textAt(parts, key));
  const user = userinfo === '' ? undefined : parsed(`proto://${userinfo}@host`, 'userinfo in dict').userinfo;
  return urlText({ scheme, host, path, query, opaque, fragment, userinfo: user });
}

export const URL_FUNCTIONS: TemplateFunctions = {
  urlParse: define([string], ANY_MAP, urlParse),
  urlJoin: define([map], STRING, urlJoin),
};
