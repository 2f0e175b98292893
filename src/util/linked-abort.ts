/**
 * A controller that is aborted together with any of the signals. Call `unlink` when its work is done: signals that live
 * as long as the process would otherwise collect one listener for each piece of work.
 */
export function linkedAbort(signals: readonly AbortSignal[]): {
  readonly controller: AbortController;
  readonly unlink: () => void;
} {
  const controller = new AbortController();
  const listeners = signals.map((signal) => {
    const abort = (): void => controller.abort(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    return { signal, abort };
  });
  return {
    controller,
    unlink() {
      for (const { signal, abort } of listeners) signal.removeEventListener('abort', abort);
    },
  };
}
