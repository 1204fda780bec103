export interface ScaleSettings {
  readonly name: string;
  readonly rounds: number;
  /** Rows that take more images are left out. */
  readonly images: number;
  readonly note: (line: string) => void;
}

/** A row of `npm run bench -- scale`. */
export interface ScaleRow {
  readonly series: 'images' | 'classes' | 'pixels';
  readonly size: number;
  readonly ours: number;
  readonly unit: string;
  /** Rounds that were measured: fewer than asked for where they take long. */
  readonly rounds: number;
}

/** Each row's name without `scale/`. */
export const parts: readonly string[];

export default function scale(part: string): {
  readonly title: string;
  measure(settings: ScaleSettings): Promise<ScaleRow[]>;
};
