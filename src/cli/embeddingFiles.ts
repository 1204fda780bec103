import type { Label } from '../core/image.js';
import { scatterFigure } from './report/plots/scatterFigure.js';
import { scatterPage } from './report/plots/scatterPage.js';

/** What `fewshot embed` writes as JSON. */
export interface EmbeddingResult {
  readonly schema: 'fewshot.embed/1';
  /** The command that makes these points again. */
  readonly command: string;
  readonly seed: number;
  readonly model: { readonly name: string; readonly sha256: string };
  /** Name of a data set, or what one's own images are called. */
  readonly data: string;
  readonly method: 'tsne' | 'umap';
  readonly dimensions: 2 | 3;
  readonly parameters: Readonly<Record<string, number | undefined>>;
  /** With 12 neighbours, in [0, 1]. */
  readonly trustworthiness: number;
  readonly classes: readonly Label[];
  /** Places in the test set, or among one's own images. */
  readonly images: readonly number[];
  /** Class of each image, as an index into `classes`. */
  readonly labels: readonly number[];
  readonly points: readonly (readonly number[])[];
}

/** Methods as people name them. */
export const methods = { tsne: 't-SNE', umap: 'UMAP' };

/** Where the files of an embedding go: a picture beside the JSON, and a page that turns it in 3-D. */
export function placesOf(out: string, dimensions: 2 | 3): readonly string[] {
  const stem = out.replace(/\.json$/, '');
  return [out, `${stem}.svg`, ...(dimensions === 3 ? [`${stem}.html`] : [])];
}

/** The files of an embedding, with their contents. */
export function embeddingFiles(
  out: string,
  result: EmbeddingResult,
  { title, ordered }: { readonly title: string; readonly ordered: boolean },
): { readonly path: string; readonly text: string }[] {
  const { model, method, dimensions, points, labels, classes } = result;
  const figure = {
    title: `${methods[method]} of codes in ${dimensions}-D: ${title}`,
    panels: [
      {
        title: model.name,
        note: `trustworthiness ${result.trustworthiness.toFixed(3)}`,
        points: points.map((point) => [...point]),
        labels: [...labels],
      },
    ],
    classes: classes.map(String),
    colors: ordered ? ('ordinal' as const) : ('categorical' as const),
  };
  const texts = [`${JSON.stringify(result)}\n`, scatterFigure(figure)];
  if (dimensions === 3) texts.push(scatterPage(figure));
  return placesOf(out, dimensions).map((path, i) => ({ path, text: texts[i]! }));
}
