/**
 * The functions that sprig 3.3.0 adds to Go's text templates: https://masterminds.github.io/sprig/. They take and return
 * the values of `value.ts`, fail where Go's fail, and print what Go's print.
 *
 * They differ in: `merge` does not reach into structs; `slice` does not find what lies behind the end of a list; texts and
 * lists beyond 16 million elements are refused; messages about JSON and keys that cannot be read are not Go's.
 * `getHostByName`, `bcrypt`, `derivePassword` and new keys hold the thread up, for as long as seconds.
 */
import type { TemplateFunctions } from '../functions.ts';
import { type GoLocation, LOCAL } from '../time-zone.ts';
import { AES_FUNCTIONS } from './aes.ts';
import { certificateFunctions } from './certificates.ts';
import { dateFunctions } from './dates.ts';
import { DEFAULT_FUNCTIONS } from './defaults.ts';
import { DICT_FUNCTIONS } from './dicts.ts';
import { ENCODING_FUNCTIONS } from './encoding.ts';
import { type Environment, environmentFunctions } from './environment.ts';
import { JSON_FUNCTIONS } from './json.ts';
import { LIST_FUNCTIONS } from './lists.ts';
import { NETWORK_FUNCTIONS } from './network.ts';
import { NUMERIC_FUNCTIONS } from './numeric.ts';
import { PASSWORD_FUNCTIONS } from './passwords.ts';
import { PATH_FUNCTIONS } from './paths.ts';
import { RANDOM_FUNCTIONS } from './random.ts';
import { REFLECTION_FUNCTIONS } from './reflection.ts';
import { REGEX_FUNCTIONS } from './regex.ts';
import { SEMVER_FUNCTIONS } from './semver.ts';
import { STRING_FUNCTIONS } from './strings.ts';
import { URL_FUNCTIONS } from './url.ts';

export interface SprigOptions {
  /** What `env` and `expandenv` see; nothing when absent. */
  readonly environment?: Environment;
  /** The zone templates know as `Local`. */
  readonly timezone?: GoLocation;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** All of `sprig.TxtFuncMap()`. */
export function sprigFunctions(options: SprigOptions = {}): TemplateFunctions {
  const { environment = {}, timezone = LOCAL, now = Date.now } = options;
  return {
    ...STRING_FUNCTIONS,
    ...NUMERIC_FUNCTIONS,
    ...LIST_FUNCTIONS,
    ...DICT_FUNCTIONS,
    ...DEFAULT_FUNCTIONS,
    ...JSON_FUNCTIONS,
    ...ENCODING_FUNCTIONS,
    ...REGEX_FUNCTIONS,
    ...SEMVER_FUNCTIONS,
    ...URL_FUNCTIONS,
    ...PATH_FUNCTIONS,
    ...REFLECTION_FUNCTIONS,
    ...RANDOM_FUNCTIONS,
    ...PASSWORD_FUNCTIONS,
    ...AES_FUNCTIONS,
    ...NETWORK_FUNCTIONS,
    ...environmentFunctions(environment),
    ...dateFunctions({ now, location: timezone }),
    ...certificateFunctions(now),
  };
}
