export { type ContactSheetOptions, contactSheet, type Picture } from './contactSheet.js';
export { evaluationTable } from './evaluationTable.js';
export { type DotFigure, type DotPanel, type DotRow, dotFigure } from './plots/dotFigure.js';
export { type ImageGrid, type ImageRow, imageGrid } from './plots/imageGrid.js';
export { markdownTable } from './plots/markdownTable.js';
export type { Colours } from './plots/palette.js';
export type { ScatterFigure, ScatterPanel } from './plots/scatter.js';
export { scatterFigure } from './plots/scatterFigure.js';
export { scatterPage } from './plots/scatterPage.js';
