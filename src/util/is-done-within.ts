/** Whether the promise is fulfilled within so many milliseconds; rejects when it does. Gives up waiting, not what is waited for. */
export async function isDoneWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  return Promise.race([promise.then((): true => true), late]).finally(() => clearTimeout(timer));
}
