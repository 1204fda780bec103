import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '../../core/errors.js';
import { cleanName, compareNames } from '../../core/names.js';
import { isSilentFolder } from '../../data/fileKinds.js';
import type { Catalog, CatalogImage } from './catalog.js';
import { folderReader } from './folderCatalog.js';
import { picturesWithin } from './folderClasses.js';
import { readInside } from './insidePath.js';

/** The file of a run that gives each image to be tested on one of its class. */
const LABELS = 'class_labels.txt';
/** Folders of a run. */
const [TRAINING, TEST] = ['training', 'test'];

/** The error for a folder that does not hold runs as it should. */
const broken = (message: string, hint: string): DataError => new DataError(message, { hint, option: 'runs' });

/**
 * Opens a folder of one-shot runs as Lake, Salakhutdinov and Tenenbaum give them (Science 350, 2015): `run01/training/class01.png`, …,
 * `run01/test/item01.png`, …, and `run01/class_labels.txt`, whose lines name an image of `test` and one of `training` that is of its
 * class. The images of `training` are to be learned from, those of `test` to be tested on, and `run01/class01` is a label. Several
 * images of a class are `class01_1.png`, `class01_2.png`, …, or lie in a folder `class01`.
 *
 * @throws DataError that names what is missing, twice there or no line of such a file; and for runs that differ in the number of
 *   classes, or classes in that of images to learn from
 */
export async function runsCatalog(folder: string): Promise<Catalog> {
  const { root, runs } = await runsIn(folder);
  const images: CatalogImage[] = [];
  let first: RunSize | undefined;
  for (const run of runs) {
    const text = new TextDecoder().decode(await readInside(root, `${run}/${LABELS}`));
    const learned = await imagesOf(root, `${run}/${TRAINING}/`);
    const tested = await imagesOf(root, `${run}/${TEST}/`);
    const labels = labelsOf(text, { root, run, tested: new Set(tested), learned: new Set(learned) });
    const classes = new Map<string, string[]>();
    for (const name of learned) {
      const own = classOf(run, name);
      classes.set(own, [...(classes.get(own) ?? []), name]);
    }
    const [[label, { length: shots }]] = [...classes] as [[string, string[]]];
    const found = { run, ways: classes.size, label, shots };
    first ??= found;
    assertAlike(root, found, first, classes);
    for (const [label, names] of classes) {
      for (const name of names) images.push({ name, label, split: 'train' });
    }
    for (const name of tested) images.push({ name, label: labels.get(name)!, split: 'test' });
  }
  return { root, images, passedOver: [], ...folderReader(root) };
}

/** The folders of runs in a folder, which may be wrapped in another. */
async function runsIn(folder: string): Promise<{ readonly root: string; readonly runs: readonly string[] }> {
  const entries: Dirent[] = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new DataError(`cannot read the folder of runs ${folder}`, {
      hint: 'Check that it exists, is a folder, and may be read.',
      option: 'runs',
      cause,
    });
  });
  if (entries.some(({ name }) => name === LABELS)) {
    throw broken(`${folder} is one run`, 'Name the folder that holds the folders of runs.');
  }
  const runs = entries
    .filter((entry) => entry.isDirectory() && !isSilentFolder(entry.name))
    .map(({ name }) => name)
    .sort(compareNames);
  const [only] = runs;
  if (runs.length === 1 && !(await readdir(join(folder, only!))).includes(LABELS))
    return runsIn(join(folder, only!));
  if (runs.length > 0) return { root: folder, runs };
  throw broken(
    `${folder} holds no runs`,
    `Name a folder of the layout of Omniglot’s all_runs: run01/${LABELS}, run01/${TRAINING}, run01/${TEST}.`,
  );
}

/** Paths of the images of a folder of a run. */
async function imagesOf(root: string, folder: string): Promise<string[]> {
  const names = await picturesWithin(join(root, folder));
  if (names.length > 0) return names.map((name) => folder + name);
  throw broken(
    `${join(root, folder)} holds no images`,
    `${TRAINING} holds an image a class, such as class01.png, and ${TEST} those to be classified, such as item01.png.`,
  );
}

/** The label of an image to learn from: by its folder, or by its name without ending and number. */
function classOf(run: string, name: string): string {
  const [own, within] = name.slice(`${run}/${TRAINING}/`.length).split('/');
  const stem = within === undefined ? own!.replace(/\.[^.]*$/, '') : own!;
  const several = within === undefined ? /^(.*\d)[-_]\d+$/.exec(stem) : null;
  return `${run}/${cleanName(several?.[1] ?? stem)}`;
}

/** Number of classes of a run, and of images to learn from of its first. */
interface RunSize {
  readonly run: string;
  readonly ways: number;
  readonly label: string;
  readonly shots: number;
}

/** Throws a `DataError` unless a run is an episode of the same size as the first. */
function assertAlike(
  root: string,
  { run, ways }: RunSize,
  first: RunSize,
  classes: ReadonlyMap<string, readonly string[]>,
): void {
  if (ways < 2) {
    throw broken(`${join(root, run, TRAINING)} holds images of one class`, 'Put one image a class into it.');
  }
  if (ways !== first.ways) {
    throw broken(
      `${join(root, run)} has ${ways} classes, but ${first.run} has ${first.ways}`,
      'Give all runs as many classes.',
    );
  }
  for (const [label, { length }] of classes) {
    if (length === first.shots) continue;
    throw broken(
      `${root}: ${label} has ${length} ${length === 1 ? 'image' : 'images'} to learn from, but ${first.label} has ${first.shots}`,
      'Give all classes as many images to learn from.',
    );
  }
}

/** Paths of the images of a run. */
interface RunImages {
  readonly root: string;
  readonly run: string;
  readonly tested: ReadonlySet<string>;
  readonly learned: ReadonlySet<string>;
}

/** The label of each image to be tested on, by the text of the file that says it. */
function labelsOf(text: string, { root, run, tested, learned }: RunImages): ReadonlyMap<string, string> {
  const file = join(root, run, LABELS);
  const labels = new Map<string, string>();
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    const words = line.trim().split(/\s+/);
    if (words[0] === '') continue;
    const [item, one] = words;
    const where = `line ${index + 1} of ${file}`;
    if (
      words.length !== 2 ||
      !item!.startsWith(`${run}/${TEST}/`) ||
      !one!.startsWith(`${run}/${TRAINING}/`)
    ) {
      throw broken(
        `${where} is unknown: ${line.trim().slice(0, 120)}`,
        `A line is ${run}/${TEST}/item01.png ${run}/${TRAINING}/class01.png, with one space.`,
      );
    }
    for (const [name, known] of [
      [item!, tested],
      [one!, learned],
    ] as const) {
      if (known.has(name)) continue;
      throw broken(
        `${join(root, name)} is missing, which ${where} names`,
        'Put it back, or correct the line.',
      );
    }
    if (labels.has(item!)) {
      throw broken(`${where} names ${item} again`, 'Give each image to be tested on one line.');
    }
    labels.set(item!, classOf(run, one!));
  }
  const unnamed = [...tested].find((name) => !labels.has(name));
  if (unnamed === undefined) return labels;
  throw broken(`${file} does not name ${unnamed}`, 'Give each image to be tested on one line.');
}
