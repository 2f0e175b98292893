import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { FileObserver } from '../config/settle.ts';
import type { LoadedRunConfig } from './run-config.ts';

/** The configuration as flags, environment and files give it, to be read as often as somebody asks. */
export class ConfigSource {
  readonly #load: (onFile: FileObserver) => Promise<LoadedRunConfig>;
  /** By path, what each of the files held when it was read last. */
  #files = new Map<string, string>();

  constructor(load: (onFile: FileObserver) => Promise<LoadedRunConfig>) {
    this.#load = load;
  }

  /** Rejects with AppError `CONFIG_INVALID` with every problem. */
  async load(): Promise<LoadedRunConfig> {
    this.#files = new Map();
    return this.#load((path, text) => this.#files.set(path, digest(text)));
  }

  get hasFiles(): boolean {
    return this.#files.size > 0;
  }

  /**
   * Whether any of the files holds something else than when it was read last: undefined when none does, else what tells
   * this change from others. Contents are compared, not names or times: a volume of Kubernetes swaps a link above them.
   * https://kubernetes.io/docs/concepts/configuration/configmap/#mounted-configmaps-are-updated-automatically
   */
  async change(): Promise<string | undefined> {
    const files = [...this.#files];
    const found = await Promise.all(
      files.map(([path]) => readFile(path, 'utf8').then(digest, () => digest(undefined))),
    );
    return files.some(([, known], index) => known !== found[index]) ? found.join() : undefined;
  }
}

/** Secrets are among them: no more is kept than shows a change. */
function digest(text: string | undefined): string {
  return text === undefined ? '' : createHash('sha256').update(text).digest('base64');
}
