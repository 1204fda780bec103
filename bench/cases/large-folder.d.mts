/** A command on a folder of tiny images. */
export interface LargeFolderRun {
  /** Peak of resident memory in MB. */
  readonly peak: number;
  readonly seconds: number;
}

export function peakOf(command: 'inspect' | 'augment', images: number): Promise<LargeFolderRun>;
