import type { Background } from '../../core/background.js';
import { type Fit, fitLike } from '../../data/resize.js';
import type { ModelCard } from '../../models/modelCard.js';
import type { CatalogOptions } from './catalog.js';

/** Ways to find, read and resize images of your own, the same for every command. */
export interface OwnDataOptions extends CatalogOptions {
  /** Treatment of images of another aspect ratio. Default: that of the model's card; without one, images must have the shape. */
  readonly fit?: Fit;
  /** Color behind transparency, in bars around a picture and in corners of transforms. Default: that of the model's card, else `black`. */
  readonly background?: Background;
  /** Skip images that cannot be read. Default: the first is an error. */
  readonly skipBad?: boolean;
}

/** The options, and where they say nothing, how the images were read that a model was trained on. */
export function readLike({ data }: ModelCard, options: OwnDataOptions): OwnDataOptions {
  const { background, nested, groupBy, layout } = data;
  const fit = fitLike(data.fit, options.fit);
  return withoutUndefined({ background, nested, groupBy, layout, ...withoutUndefined(options), fit });
}

const withoutUndefined = (options: object): OwnDataOptions =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
