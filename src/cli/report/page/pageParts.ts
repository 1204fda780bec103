import { Buffer } from 'node:buffer';
import type { Label, LabeledImage } from '../../../core/image.js';
import { encodePng } from '../../../data/decode/png.js';
import type { ArmResult, EvaluationResult } from '../../../evaluate/result.js';
import type { ModelCard } from '../../../models/modelCard.js';
import type { Inspection } from '../../../node/images/inspectCatalog.js';
import { classifierNames, count, counted, points, verdictOf } from '../figures.js';
import { type Html, html } from '../html.js';
import type { ScatterFigure } from '../plots/scatterFigure.js';
import type { Difference } from '../verdict.js';

/** Reason why a part could not be made. */
export interface Missing {
  readonly missing: string;
}

/** Images made on the path from one real image to another. */
export interface HallucinatedRow {
  readonly label: Label;
  readonly from: LabeledImage;
  readonly made: readonly LabeledImage[];
  readonly to: LabeledImage;
}

/** Everything that a report shows. */
export interface ReportParts {
  /** The command that makes the page again. */
  readonly command: string;
  readonly seed: number;
  readonly backend: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Name of the images, for people. */
  readonly title: string;
  readonly data: {
    /** As model cards write it. */
    readonly name: string;
    readonly found: Inspection;
    /** True if files were checked for faults, copies and leaks. */
    readonly checked: boolean;
    /** True for drawings, which the encoder sees light on black, whatever they are. Default: false. */
    readonly drawings?: boolean;
    /** Sentences on the choice of test images, and on resizing to the encoder's shape. */
    readonly notes: readonly string[];
  };
  readonly encoder: { readonly card: ModelCard; readonly digest: string };
  readonly map:
    | Missing
    | {
        readonly method: string;
        readonly figure: ScatterFigure;
        /** With 12 neighbors, in [0, 1]. */
        readonly trustworthiness: number;
        /** The command that makes the same points; absent where there is none. */
        readonly command?: string;
        /** Number of classes that are not drawn. */
        readonly leftOut: number;
      };
  readonly hallucinations:
    | Missing
    | {
        readonly path: string;
        /** ω of each hallucination, in (0, 1). */
        readonly omegas: readonly number[];
        /** Share of the nearer parent's residual that was added, in [0, 1]. */
        readonly detail: number;
        readonly rows: readonly HallucinatedRow[];
        /** The command that draws the same. */
        readonly command: string;
        /** Number of classes without a row. */
        readonly leftOut: number;
      };
  readonly evaluation: ShownEvaluation;
}

/** The part of an evaluation that a report shows. */
export type ShownEvaluation = Omit<
  EvaluationResult,
  'schema' | 'perClass' | 'mix' | 'trust' | 'knnEngine' | 'pipelines'
>;

/** The rows of one classifier, in the order of the evaluation. */
export interface ClassifierRows {
  /** `KNN (k = 1)` */
  readonly name: string;
  readonly rows: readonly ArmResult[];
}

/** The results of an evaluation, classifier by classifier. */
export function classifiersOf({ results, cnn, cnnSteps = 0 }: ShownEvaluation): ClassifierRows[] {
  return [...new Set(results.map(({ classifier }) => classifier))].map((classifier) => {
    const rows = results.filter((row) => row.classifier === classifier);
    const names = {
      ...classifierNames,
      knn: `KNN (k = ${rows[0]!.k})`,
      cnn: `CNN (${cnn}, ${counted(cnnSteps, 'batch', 'batches')})`,
    };
    return { name: names[classifier], rows };
  });
}

/** Number of episodes of an evaluation. */
export const episodesOf = ({ results }: ShownEvaluation): number => results[0]!.episodes.length;

/** Setting of an evaluation, in a line. */
export function settingOf(evaluation: ShownEvaluation): string {
  const { data, split, protocol, ways, shots, queries, model, encoders, backend, seed } = evaluation;
  const encoder =
    model === undefined
      ? `an encoder an episode, ${count(encoders?.steps ?? 0)} steps`
      : `encoder ${model.name}`;
  return [
    `${data}, ${split} images`,
    `${ways}-way ${shots}-shot`,
    `${count(queries)} queries`,
    counted(episodesOf(evaluation), 'episode'),
    `protocol ${protocol}`,
    encoder,
    ...(evaluation.teachers ?? []).map(({ name }) => `teacher ${name}`),
    `backend ${backend}`,
    `seed ${seed}`,
  ].join(' · ');
}

/** The command that makes the content above it. */
export const commandLine = (command: string): Html =>
  html`<p class="command">Made by <code>${command}</code></p>`;

const signs = {
  better: html`<span class="sign">▲<span class="hidden"> clearly better</span></span>`,
  worse: html`<span class="sign">▼<span class="hidden"> clearly worse</span></span>`,
  open: html`<span class="sign"><span class="hidden"> not clear of zero</span></span>`,
};

/** A difference with a sign that tells whether it is clear of zero; nothing where there is none. */
export const signed = (found: Difference | undefined): Html =>
  found === undefined ? html`` : html`${points(found)}${signs[verdictOf(found)]}`;

/** An image inside the page. */
type Drawn = Pick<LabeledImage, 'pixels' | 'shape'>;

/** A picture as text for the `src` of an image. */
export const dataUrl = ({ pixels, shape }: Drawn): string =>
  `data:image/png;base64,${Buffer.from(encodePng(pixels, shape)).toString('base64')}`;

/** Height on the screen of images of a height, about as asked for: of small ones a multiple of theirs. */
export const zoomed = (height: number, asked: number): number =>
  asked < height ? asked : height * Math.round(asked / height);

/**
 * Groups of images side by side. Small images are enlarged by a whole number, so that their pixels are squares of one size.
 *
 * @param says description for screen readers
 * @param height of an image on the screen, in pixels, about
 */
export function strip(groups: readonly (readonly Drawn[])[], says: string, height: number): Html {
  const part = (image: Drawn) => {
    const high = zoomed(image.shape[0], height);
    const wide = Math.round((image.shape[1] * high) / image.shape[0]);
    return html`<img${high > image.shape[0] ? html` class="pixels"` : ''} src="${dataUrl(image)}" alt="" width="${wide}" height="${high}">`;
  };
  return html`<span class="strip" role="img" aria-label="${says}">${groups.map((group) => html`<span>${group.map(part)}</span>`)}</span>`;
}
