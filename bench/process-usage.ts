/** What another process takes, as Linux counts it. */
import { readFileSync } from 'node:fs';

/** Of the whole process, in MiB. */
export function memoryOf(pid: number | undefined): { readonly resident: number; readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
  return { resident: field('VmRSS'), peak: field('VmHWM') };
}

/** User and system time of all its threads so far, in milliseconds. */
export function cpuMsOf(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  // In ticks of a hundredth of a second, on every Linux.
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
