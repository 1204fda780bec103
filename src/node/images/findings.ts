/** A file of the data that is not used, and is no error. */
export interface PassedOver {
  /** Path below the root. */
  readonly name: string;
  /** Reason that files share: `in a folder within a class`, `HEIC, which the installed sharp cannot read`. */
  readonly reason: string;
}

/** An image that cannot be read, or that is damaged. */
export interface BadImage {
  readonly name: string;
  readonly reason: string;
}

/** A class with too few images to be cut into some to learn from and some to be tested on. */
export interface LeftOut {
  readonly label: string;
  /** Images of the class that differ, or where they are split, images to learn from. Near-duplicates and groups count once in data that are not split. */
  readonly images: number;
  /** Images to be tested on; absent for data that are not split. */
  readonly tests?: number;
}

/** Facts about the user's images that they should know before they trust a figure. */
export interface Findings {
  /** Files of the data that were not used. */
  readonly passedOver: readonly PassedOver[];
  /** Sentences on how data were read that could mean several things, such as arrays of numbers. */
  readonly notes: readonly string[];
  /** Damaged images that were skipped, as asked. */
  readonly bad: readonly BadImage[];
  /** Images that were read in spite of damage. */
  readonly tolerated: readonly BadImage[];
  /** Classes that are left out of what is learned and tested. */
  readonly leftOut: readonly LeftOut[];
  /** Sets of test images that differ: near-duplicates and groups count once. 0 where nothing is tested. */
  readonly tested: number;
  /** Pairs of nearly the same picture to learn from and to be tested on. Such a test image tests nothing. */
  readonly leaks: readonly (readonly [train: string, other: string])[];
  /** Images of a single color. */
  readonly plain: readonly string[];
  /** Images that are black but for little. */
  readonly dark: readonly string[];
  /** Sets of images with the same pixels. */
  readonly same: readonly (readonly string[])[];
  /** Those of them whose images are of different classes, and not of a single color: all labels but one are wrong. */
  readonly contradicting: readonly (readonly string[])[];
  /** Sets of images that show nearly the same. Data that are not split are never cut within such a set. */
  readonly alike: readonly (readonly string[])[];
}

/** Nothing to tell. */
export const noFindings: Findings = {
  ...{
    passedOver: [],
    notes: [],
    bad: [],
    tolerated: [],
    leftOut: [],
    tested: 0,
    leaks: [],
    plain: [],
    dark: [],
    same: [],
    contradicting: [],
    alike: [],
  },
};
