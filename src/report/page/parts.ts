import type { Label, LabeledImage } from '../../core/index.js';
import type { Inspection } from '../../data/own/inspectCatalog.js';
import type { EvaluationResult } from '../../evaluate/index.js';
import type { ModelCard } from '../../models/index.js';
import type { ScatterFigure } from '../plots/scatter.js';

/** A part that could not be made, and why. */
export interface Missing {
  readonly missing: string;
}

/** Images made on the way from one real image to another. */
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
  /** How a person would say what the images are. */
  readonly title: string;
  readonly data: {
    /** As model cards write it. */
    readonly name: string;
    readonly found: Inspection;
    /** Whether files were looked at one by one for faults, copies and leaks. */
    readonly checked: boolean;
    /** How the test images came about, and how images come into the encoder's shape: a sentence each. */
    readonly notes: readonly string[];
  };
  readonly encoder: { readonly card: ModelCard; readonly digest: string };
  readonly map:
    | Missing
    | {
        readonly method: string;
        readonly figure: ScatterFigure;
        /** With 12 neighbours, in [0, 1]. */
        readonly trustworthiness: number;
        /** The command that makes the same points; absent where there is none. */
        readonly command?: string;
        /** Classes that are not drawn. */
        readonly leftOut: number;
      };
  readonly hallucinations:
    | Missing
    | {
        readonly path: string;
        /** Places of the made images on the path, in (0, 1). */
        readonly omegas: readonly number[];
        /** Share of what decoding loses of the nearer parent that was laid back, in [0, 1]. */
        readonly detail: number;
        readonly rows: readonly HallucinatedRow[];
        /** The command that draws the same. */
        readonly command: string;
        /** Classes of which no row is shown. */
        readonly leftOut: number;
      };
  readonly evaluation: ShownEvaluation;
}

/** What is drawn of an evaluation. */
export type ShownEvaluation = Omit<
  EvaluationResult,
  'schema' | 'perClass' | 'mix' | 'trust' | 'knnEngine' | 'pipelines'
>;
