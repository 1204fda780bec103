/** Measurements by name, in the order in which they run; each is `bench/cases/<name>.mjs`. */
export const caseNames = [
  ...['start-up', 'train-step', 'decode', 'pipeline', 'knn', 'cnn-fit', 'geometric', 'features'],
  ...['stream-overhead', 'stream-memory', 'code-memory', 'large-folder', 'scale'],
];

const moduleOf = (name) => import(`./cases/${name.split('/')[0]}.mjs`);

/** What is measured under a name: the case itself, or each of its parts as `<case>/<part>`. */
export async function measurementsOf(name) {
  const { parts } = await moduleOf(name);
  return parts === undefined ? [name] : parts.map((part) => `${name}/${part}`);
}

export async function loadCase(name) {
  const { default: measurement } = await moduleOf(name);
  const [, part] = name.split('/');
  return part === undefined ? measurement : measurement(part);
}
