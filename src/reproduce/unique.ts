/** The values without repeats, in the order in which each comes first. */
export const unique = <Value>(values: readonly Value[]): Value[] => [...new Set(values)];
