export { describeBackend } from './describe.js';
export { assertKernels, requiredKernels } from './requiredKernels.js';
export {
  type BackendInfo,
  type BackendName,
  type BackendOptions,
  type BackendRequest,
  backendNames,
  selectBackend,
} from './selectInBrowser.js';
export type { WasmPaths } from './start.js';
