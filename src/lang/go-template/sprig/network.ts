/** `getHostByName`: https://masterminds.github.io/sprig/network.html */
import { randomInt } from 'node:crypto';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { TemplateFunctions } from '../functions.ts';
import { STRING } from '../go-type.ts';
import { GoError } from '../value.ts';
import { define, string } from './define.ts';

/** Looks a name up and hands its addresses back, while the thread that asks is stopped. */
const LOOKUP = `
  const { lookup } = require('node:dns');
  const { workerData: { name, signal, port } } = require('node:worker_threads');
  lookup(name, { all: true }, (_, addresses) => {
    port.postMessage((addresses ?? []).map(({ address }) => address));
    Atomics.store(signal, 0, 1);
    Atomics.notify(signal, 0);
  });
`;

/** A template must not hold everything up for as long as a resolver may take. */
const TIMEOUT_MS = 5000;

/** Node has no look-up that waits, so a thread makes it: some milliseconds beside what the resolver takes. */
function addressesOf(name: string): string[] {
  const signal = new Int32Array(new SharedArrayBuffer(4));
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(LOOKUP, { eval: true, workerData: { name, signal, port: port2 }, transferList: [port2] });
  Atomics.wait(signal, 0, 0, TIMEOUT_MS);
  const message: unknown = receiveMessageOnPort(port1)?.message;
  port1.close();
  void worker.terminate();
  return Array.isArray(message) ? message.map(String) : [];
}

export const NETWORK_FUNCTIONS: TemplateFunctions = {
  getHostByName: define([string], STRING, (name) => {
    const addresses = addressesOf(name);
    if (addresses.length === 0) throw new GoError('invalid argument to Intn');
    return addresses[randomInt(addresses.length)] ?? '';
  }),
};
