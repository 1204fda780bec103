import { memoryOf } from './stream-memory.mjs';

export default memoryOf('codes', 'codes of 320 values');
