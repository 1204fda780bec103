export { type ContactSheetOptions, contactSheet, type Picture } from './contactSheet.js';
export { evaluationTable } from './evaluationTable.js';
