/** Where two JSON values first differ, in words: `settings.seed is 1, not 2`. `undefined` if they are the same. */
export function differenceOf(found: unknown, wanted: unknown, path = ''): string | undefined {
  const [own, other] = [found, wanted].map(entriesOf);
  if (own === undefined || other === undefined) {
    return Object.is(found, wanted) ? undefined : `${path || 'it'} is ${brief(found)}, not ${brief(wanted)}`;
  }
  for (const key of new Set([...own.keys(), ...other.keys()])) {
    const difference = differenceOf(own.get(key), other.get(key), path === '' ? key : `${path}.${key}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

const entriesOf = (value: unknown): Map<string, unknown> | undefined =>
  typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : undefined;

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? 'absent';
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
