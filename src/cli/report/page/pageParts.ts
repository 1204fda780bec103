import { Buffer } from 'node:buffer';
import type { Label, LabeledImage } from '../../../core/image.js';
import type { ArmResult, EvaluationResult } from '../../../evaluate/result.js';
import type { ModelCard } from '../../../models/modelCard.js';
import type { Inspection } from '../../../node/images/inspectCatalog.js';
import { contactSheet, pictureToPng } from '../contactSheet.js';
import { classifierNames, count, counted } from '../figures.js';
import { type Html, html } from '../html.js';
import type { ScatterFigure } from '../plots/scatterFigure.js';

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
  html`<p class="command"><span>Made by</span> <code>${command}</code></p>`;

/**
 * Groups of images side by side, as one picture inside the page.
 *
 * @param says description for screen readers
 * @param height of an image on the screen, in pixels
 */
export function strip(groups: readonly (readonly LabeledImage[])[], says: string, height: number): Html {
  const { shape } = groups.flat()[0]!;
  const sheet = contactSheet([groups], shape, { zoom: 1, gap: 2, groupGap: 8 });
  const png = pictureToPng(sheet);
  const zoom = height / shape[0];
  return html`<img src="data:image/png;base64,${Buffer.from(png).toString('base64')}" alt="${says}" width="${Math.round(sheet.width * zoom)}" height="${Math.round(sheet.height * zoom)}">`;
}
