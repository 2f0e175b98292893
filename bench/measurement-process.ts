/** `measurement-process.ts NAME STORED`: tells its parent what it found. */
import { MEASUREMENTS } from './measurements.ts';
import { endWithParent, endWithSignal } from './temporary.ts';

endWithSignal();
endWithParent();
const [name = '', stored = ''] = process.argv.slice(2);
const measurement = await MEASUREMENTS[name]?.();
const figures = await measurement?.measure(stored);
process.send?.(figures ?? [], () => process.exit(0));
