import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { Counter, Gauge, type Registry } from 'prom-client';

/** Linux tells here about the process that looks. https://man7.org/linux/man-pages/man5/proc.5.html */
const SELF = '/proc/self';

/**
 * Figures of the process itself, which every thread shares, by the names that all clients of Prometheus give them:
 * https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics
 * All are read when they are asked for. Those of the library come with a timer that fires 100 times a second, and with an
 * observer of the garbage collector: 3 % of the CPU at 1,000 events a second.
 */
export function addProcessMetrics(registry: Registry): void {
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        try {
          this.set(read());
        } catch {
          // When no file can be opened, what was found last stays: who looks needs the other metrics then.
        }
      },
    });
  };
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Total user and system CPU time spent in seconds.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
  const startedAt = Date.now() / 1000 - process.uptime();
  gauge('process_start_time_seconds', 'Start time of the process since the Unix epoch in seconds.', () => startedAt);
  gauge('process_resident_memory_bytes', 'Resident memory size in bytes.', () => process.memoryUsage.rss());
  if (!existsSync(SELF)) return;
  // One of them is the directory that is read.
  gauge('process_open_fds', 'Number of open file descriptors.', () => readdirSync(`${SELF}/fd`).length - 1);
  gauge('process_max_fds', 'Maximum number of open file descriptors.', () => {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync(`${SELF}/limits`, 'utf8')) ?? [];
    return Number(soft ?? 0);
  });
}
