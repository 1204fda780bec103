export { count } from '../report/figures.js';
