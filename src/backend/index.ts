export { describeBackend } from './describe.js';
export { assertKernels, requiredKernels } from './requiredKernels.js';
export {
  type BackendInfo,
  type BackendName,
  type BackendRequest,
  backendNames,
  selectBackend,
} from './select.js';
