/** A number of things as people read it: 12,000. */
export const count = (value: number): string => value.toLocaleString('en');
