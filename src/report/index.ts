export { evaluationTable } from './evaluationTable.js';
