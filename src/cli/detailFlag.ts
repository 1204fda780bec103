import { Option } from 'commander';
import { numberBetween } from './parse.js';

/** How much of a parent's detail hallucinations keep. */
export function detailFlag(): Option {
  return new Option(
    '--detail <share>',
    "share of a parent's detail that is laid over what the decoder draws (default: 0)",
  ).argParser(numberBetween(0, 1));
}
