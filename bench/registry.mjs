/** Measurements by name, in the order in which they run; each is `bench/cases/<name>.mjs`. */
export const caseNames = ['start-up', 'train-step', 'decode', 'pipeline', 'knn', 'cnn-fit'];

export const loadCase = async (name) => (await import(`./cases/${name}.mjs`)).default;
