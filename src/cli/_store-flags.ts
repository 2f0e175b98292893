import type { Command } from 'commander';
import type { TidingsAddress } from '../app/connect-tidings.ts';
import { resolveDataDir } from '../config/data-dir.ts';
import { AppError } from '../core/errors.ts';
import type { CliIo } from './_io.ts';

/** The flag of every command that reads the store. */
export interface DataFlag {
  readonly data?: string;
}

/** The flags of every command that reads the store, or operates what runs on it, also elsewhere. */
export interface StoreFlags extends DataFlag {
  readonly url?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly tokenFile?: string;
  readonly certificateAuthority?: string;
}

export function addDataFlag(command: Command): Command {
  return command.option('--data <dir>', 'the directory of the store (TIDINGS_DATA)');
}

export function addStoreFlags(command: Command): Command {
  return addDataFlag(command)
    .option('--url <url>', 'the address of a Tidings, instead of a directory (TIDINGS_URL)')
    .option('--kubeconfig <file>', 'for --url: where the credentials are, instead of KUBECONFIG and ~/.kube/config')
    .option('--context <name>', 'for --url: whose credentials, instead of those of the current context')
    .option('--token-file <file>', 'for --url: a token, instead of the credentials of a kubeconfig')
    .option('--certificate-authority <file>', 'for --url: whose certificate it shows, in PEM');
}

export type StorePlace = { readonly dataDir: string } | { readonly address: TidingsAddress };

/** Where flags, then the environment, say that the store is. Throws AppError `USAGE`. */
export function placeOf(flags: StoreFlags, env: CliIo['env']): StorePlace {
  const { data, url = data === undefined ? env['TIDINGS_URL'] : undefined, ...how } = flags;
  if (!url) {
    const [unused] = WAYS.filter(([name]) => how[name] !== undefined);
    if (unused) throw new AppError('USAGE', `use ${unused[1]}: found no --url, which it is for`);
    return { dataDir: data ?? resolveDataDir(env) };
  }
  if (data !== undefined) throw new AppError('USAGE', 'find the store: found --data and --url, want one of them');
  const { kubeconfig, context, tokenFile, certificateAuthority } = how;
  if (tokenFile !== undefined && (kubeconfig ?? context) !== undefined) {
    throw new AppError('USAGE', 'use --token-file: found --kubeconfig or --context too, want one of them');
  }
  return {
    address: {
      url,
      env,
      ...(kubeconfig !== undefined && { kubeconfig }),
      ...(context !== undefined && { context }),
      ...(tokenFile !== undefined && { tokenFile }),
      ...(certificateAuthority !== undefined && { certificateAuthority }),
    },
  };
}

const WAYS = [
  ['kubeconfig', '--kubeconfig'],
  ['context', '--context'],
  ['tokenFile', '--token-file'],
  ['certificateAuthority', '--certificate-authority'],
] as const;
