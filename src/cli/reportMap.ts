import { UsageError } from '../core/errors.js';
import { type ImageSource, ofClasses } from '../data/imageSource.js';
import { EMBEDDING, embedText } from './commands/embed.js';
import { methods } from './embeddingFiles.js';
import { embedCodes } from './produce/embedCodes.js';
import type { ReportParts } from './report/page/parts.js';
import { type ReportTools, type SeenData, type SettledFlags, sizesOf } from './reportData.js';
import { laterBar } from './terminal.js';

/** Images in the map: more take long, and hide each other. */
const MOST_IMAGES = 1000;
/** Classes that colours tell apart. */
const MOST_CLASSES = 10;
const PERPLEXITY = 30;

/** The map of a report: codes by t-SNE. Where there are too few images, it says so. */
export async function reportMap(
  flags: SettledFlags,
  { images }: SeenData,
  { model, backend, terminal, signal }: ReportTools,
): Promise<ReportParts['map']> {
  const source = firstClasses(images.source);
  const leftOut = images.source.classes.length - source.classes.length;
  const sizes = sizesOf(source);
  const count = Math.min(MOST_IMAGES, Math.min(...sizes) * source.classes.length);
  const settings = {
    ...{ method: 'tsne' as const, dimensions: 2 as const, count, seed: flags.seed },
    perplexity: Math.max(1, Math.min(PERPLEXITY, Math.floor((count - 1) / 3))),
  };
  const bar = laterBar(terminal, EMBEDDING);
  try {
    const embedded = await embedCodes(model, source, {
      ...settings,
      signal,
      onProgress: bar.update,
    });
    const { points, labels, trustworthiness } = embedded;
    const method = methods[settings.method];
    return {
      ...{ method, trustworthiness, leftOut },
      figure: {
        title: `${method} of codes: ${images.title}`,
        panels: [
          {
            title: model.card.name,
            note: `trustworthiness ${trustworthiness.toFixed(3)}`,
            points: Array.from(labels, (_, i) => [points[2 * i]!, points[2 * i + 1]!]),
            labels: [...labels],
          },
        ],
        classes: source.classes.map(String),
        colors: 'categorical',
      },
      ...(leftOut > 0 ? {} : { command: embedText({ ...flags, ...settings }, embedded, backend) }),
    };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { missing: `${error.message}.` };
  } finally {
    bar.stop();
  }
}

/** As many classes as can be drawn: the first ones, whose labels stay what they are. */
function firstClasses(source: ImageSource): ImageSource {
  const classes = source.classes.slice(0, MOST_CLASSES);
  return classes.length === source.classes.length ? source : { ...ofClasses(source, classes), classes };
}
