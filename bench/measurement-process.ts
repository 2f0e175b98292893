/** `measurement-process.ts NAME STORED`: tells its parent what it found. */
import { MEASUREMENTS } from './measurements.ts';
import { endWithParent, endWithSignal } from './temporary.ts';

endWithSignal();
endWithParent();
const [name, stored = ''] = process.argv.slice(2);
const figures = await MEASUREMENTS.find((measurement) => measurement.name === name)?.measure(stored);
process.send?.(figures ?? [], () => process.exit(0));
