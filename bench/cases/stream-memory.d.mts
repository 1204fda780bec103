/** What `bench/streamMemory.mjs` says of one reading. */
export interface StreamMemory {
  /** Images that were decoded, or codes that were made. */
  readonly images: number;
  /** Resident memory in MB, from the first batch to the last. */
  readonly resident: number[];
  /** Most of them that were made and not yet read, and the most that there may be. */
  readonly ahead: number;
  readonly bound: number;
  readonly tensors: { readonly before: number; readonly after: number };
}

export function streamMemory(
  images: number,
  backend: string,
  kind?: 'images' | 'codes',
): Promise<StreamMemory>;
