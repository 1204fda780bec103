/** Connected parts of a mask: the number of each pixel's part, −1 outside the mask, and the pixels of each part. */
export interface Parts {
  readonly of: Int32Array;
  readonly pixels: readonly Int32Array[];
}

/** Parts of a mask whose pixels touch at a side or a corner. */
export function partsOf(isIn: (i: number) => boolean, rows: number, columns: number): Parts {
  const of = new Int32Array(rows * columns).fill(-1);
  const found = new Int32Array(rows * columns);
  const pixels: Int32Array[] = [];
  let end = 0;
  for (let start = 0; start < of.length; start++) {
    if (of[start] !== -1 || !isIn(start)) continue;
    const first = end;
    found[end++] = start;
    of[start] = pixels.length;
    for (let next = first; next < end; next++) {
      const i = found[next]!;
      const y = Math.floor(i / columns);
      const x = i - y * columns;
      for (let row = Math.max(0, y - 1); row <= Math.min(rows - 1, y + 1); row++) {
        for (let column = Math.max(0, x - 1); column <= Math.min(columns - 1, x + 1); column++) {
          const at = row * columns + column;
          if (of[at] !== -1 || !isIn(at)) continue;
          of[at] = pixels.length;
          found[end++] = at;
        }
      }
    }
    pixels.push(found.subarray(first, end));
  }
  return { of, pixels };
}
