import { type CodeBlock, codeBlocks } from './markdown.js';

/**
 * The names that examples of the pages may use without declaring them: those of the first code block of docs/README.md,
 * where readers find them too.
 */
export function givenOnPages(): string {
  const block = codeBlocks('docs/README.md').find(({ language }) => language === 'ts');
  if (block === undefined) throw new Error('docs/README.md does not say what examples take as given');
  return asGlobals(block);
}

/** What else the examples in JSDoc, which are a few lines each, take as given. */
export const givenInComments = `
import type { Writable } from 'node:stream';
import type { Batch, KnnClassifier, Label, LabeledImage, Provenance } from 'fewshot-atnl';
import type { Observable } from 'rxjs';
import type { FeatureExtractor, LinearHead } from 'fewshot-atnl/features';
declare const camera$: Observable<LabeledImage>;
declare const samples$: Observable<LabeledImage>;
declare const images: LabeledImage[];
declare const cats: LabeledImage[];
declare const photo: LabeledImage;
declare const image: LabeledImage & { readonly provenance: Provenance };
declare const paths: string[];
declare const file: File;
declare const writable: Writable;
declare const knn: KnnClassifier;
declare const extractor: FeatureExtractor;
declare const head: LinearHead;
declare const code: Float32Array;
declare const readFile: typeof import('node:fs/promises').readFile;
declare function readImage(path: string): Promise<LabeledImage>;
declare function show(image: LabeledImage): void;
declare function train(batch: Batch): void;
declare function turn(image: LabeledImage): LabeledImage;
`;

/** Declarations of a module as those of the global scope: a block that declares the same name itself hides them. */
export function asGlobals({ code }: Pick<CodeBlock, 'code'>): string {
  const lines = code.split('\n');
  const imports = lines.filter((line) => line.startsWith('import '));
  const others = lines.filter((line) => !line.startsWith('import '));
  const inside = others.map((line) => line.replace(/^declare /, '')).join('\n');
  return `${imports.join('\n')}\ndeclare global {\n${inside}\n}\nexport {};\n`;
}
