export const limits: {
  readonly rooms: number;
  readonly shardShare: number;
  readonly rootNames: number;
  readonly tarballFiles: number;
  readonly helpSeconds: number;
};

export function measureShape(): {
  readonly rooms: number;
  readonly files: number;
  readonly shards: readonly { readonly file: string; readonly importer: string }[];
  readonly shardShare: number;
  readonly repeatedBasenames: readonly (readonly string[])[];
};

export function exportedNames(): Readonly<Record<string, number>>;
