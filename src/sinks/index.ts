/** Every sink there is, in the order of the reference. A new one is a file, its test and a line here. */
import { httpSink } from './http.ts';
import { slackSink } from './slack.ts';
import { stdoutSink } from './stdout.ts';
import { teamsSink } from './teams.ts';

export const SINKS = [stdoutSink, httpSink, slackSink, teamsSink] as const;
