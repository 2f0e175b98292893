/** `measurement-process.ts NAME STORED`: tells its parent what it found. */
import { MEASUREMENTS } from './measurements.ts';
import { endWithSignal } from './temporary.ts';

endWithSignal();
// The parent is gone, and cannot end what was started here.
process.once('disconnect', () => process.exit(1));
const [name, stored = ''] = process.argv.slice(2);
const figures = await MEASUREMENTS.find((measurement) => measurement.name === name)?.measure(stored);
process.send?.(figures ?? [], () => process.exit(0));
