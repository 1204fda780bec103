export { type OnWorkersOptions, onWorkers } from './onWorkers.js';
export { type RunTask, type ThreadOptions, withThreads } from './withThreads.js';
