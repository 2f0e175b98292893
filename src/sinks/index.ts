/** Every sink there is, in the order of the reference. A new one is a file, its test and a line here. */
import { httpSink } from './http.ts';
import { kafkaSink } from './kafka.ts';
import { stdoutSink } from './stdout.ts';

export const SINKS = [stdoutSink, httpSink, kafkaSink] as const;
