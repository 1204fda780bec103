import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import photos from 'fewshot-atnl/models/photos-small.safetensors?url';
import { merge, Subject } from 'rxjs';
import { showAnswer, showHint } from './answer.js';
import { Cards } from './cards.js';
import { find } from './dom.js';
import { holdKeys } from './hold.js';
import { embeddedAnew, shotOf, shotsOf, thingsOf } from './imports.js';
import { Remark, showError, showNotice } from './notice.js';
import { squareOf } from './picture.js';
import { call } from './recognizer.js';
import { readSaved, writeSaved } from './saved.js';
import { isZip, readTeachable, zipped } from './teachable.js';
import { MOST, type Thing, Things } from './things.js';
import { Viewer } from './viewer.js';
import type { CodedThing, ExtractorFacts, Learned, Opening, Path } from './worker.js';

const things = new Things();
const viewer = new Viewer();
const cards = new Cards(things, { take, addFiles });
const learned$ = new Subject<void>();
const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;

/** Until the network is there, nothing can be taken. */
let extractor: ExtractorFacts | undefined;
let learned: Learned | undefined;
/** Changes whose learning is under way. */
let round = 0;

const path = (): Path => find<HTMLInputElement>('input[name="path"]:checked').value as Path;
const codesOf = (list: readonly Thing[], labelOf: (thing: Thing) => string | number): CodedThing[] =>
  list
    .filter(({ shots }) => shots.length > 0)
    .map((one) => ({ label: labelOf(one), codes: one.shots.map(({ code }) => code) }));

async function learn(): Promise<void> {
  const own = ++round;
  const found =
    extractor &&
    (await call(
      'learn',
      codesOf(things.list, ({ id }) => id),
      path(),
    ));
  if (own !== round) return;
  learned = found;
  find('#known').textContent = knownOf(found);
  learned$.next();
}

/** What the classifier has learned, in words. */
function knownOf(found: Learned | undefined): string {
  if (found === undefined) return '';
  const { pictures, made, neighbors } = found;
  const votes = neighbors === 1 ? 'the nearest decides' : `the ${neighbors} nearest vote`;
  const [of, tick] =
    made > 0 ? [` and ${made} hallucinated codes`, ' The line in a bar: by the pictures alone.'] : ['', ''];
  return `It knows ${pictures} picture${pictures === 1 ? '' : 's'}${of}; ${votes}.${tick}`;
}

/** Asks about what is looked at, and shows the answer. */
async function ask(): Promise<void> {
  const source = viewer.source;
  if (extractor === undefined) return showHint('The network is loading …');
  if (learned === undefined)
    return showHint(
      'Name a thing, hold it before the camera, and take five pictures of it. Then another one.',
    );
  if (source === undefined) return showHint('Start the camera, or choose a picture, to hear what it shows.');
  const start = performance.now();
  const answer = await call('ask', squareOf(source));
  if (answer === undefined) return;
  find('#pace').textContent = `${Math.round(performance.now() - start)} ms a picture.`;
  showAnswer(answer, things.list);
}

/** Why there is nothing to learn from now; undefined if there is. */
function hindrance(id: number, source: unknown): string | undefined {
  if (extractor === undefined) return 'The network is still loading.';
  if (source === undefined) {
    return 'There is nothing to take a picture of: start the camera, or choose pictures from disk.';
  }
  const taken = things.list.find((one) => one.id === id)?.shots.length ?? 0;
  return taken < MOST ? undefined : `${MOST} pictures of a thing are enough.`;
}

function take(id: number): void {
  const source = viewer.source;
  const reason = hindrance(id, source);
  if (source === undefined || reason !== undefined) {
    showNotice(reason ?? '');
    return;
  }
  flash();
  shotOf(source).then((shot) => things.addShots(id, [shot]), showError);
}

/** Shows that a picture was taken, unless less motion is asked for. */
function flash(): void {
  if (!calm) find('#viewer').animate({ opacity: [0.6, 1] }, 150);
}

function addFiles(id: number, files: readonly File[]): void {
  void busy(`Looking at ${files.length} picture${files.length === 1 ? '' : 's'} …`, async () => {
    const reason = hindrance(id, files);
    if (reason !== undefined) throw new Remark(reason);
    const { shots, refused } = await shotsOf(files.map((file) => [file.name, file]));
    things.addShots(id, shots);
    if (refused.length > 0) showNotice(...refused);
  });
}

/** Does something that takes seconds, and says so meanwhile. */
async function busy(text: string, work: () => Promise<void>): Promise<void> {
  const line = find('#busy');
  line.textContent = text;
  try {
    await work();
  } catch (error) {
    showError(error);
  } finally {
    line.textContent = '';
  }
}

function showExtractor(facts: ExtractorFacts): void {
  extractor = facts;
  find('#network').textContent =
    `Network ${facts.name} (${facts.digest.slice(0, 8)}…), computed in this page by ${facts.backend}.`;
}

/** Opens what was chosen: a saved classifier, or a project or model of Teachable Machine. */
async function open(files: readonly File[]): Promise<void> {
  const [file] = files;
  if (file === undefined) return;
  if (extractor === undefined) throw new Remark('The network is still loading.');
  if (files.some(({ name }) => name === 'model.json'))
    return openModel(await zipped(files), 'Teachable Machine');
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (!isZip(bytes)) return openSaved(new TextDecoder().decode(bytes), file.name);
  const found = readTeachable(bytes, file.name);
  if (found.kind === 'model') return openModel(found.bytes, file.name.replace(/\.zip$/, ''));
  const { things: read, refused } = await thingsOf(found.classes);
  things.merge(read);
  if (refused.length > 0) showNotice(...refused);
}

async function openModel(bytes: ArrayBuffer, name: string): Promise<void> {
  showExtractor(await call('replace', bytes, name));
  things.swap(await embeddedAnew(things.list));
}

async function openSaved(text: string, name: string): Promise<void> {
  const saved = readSaved(text, name);
  const isSame = saved.extractor.sha256 === extractor?.digest;
  things.replace(isSame ? saved.things : await embeddedAnew(saved.things));
  if (!isSame) {
    showNotice(
      `${name} was saved with the network ${saved.extractor.name}. Its pictures were looked at again with ${extractor?.name}.`,
    );
  }
}

async function save(): Promise<void> {
  const { name, digest } = extractor ?? {};
  const coded = codesOf(things.list, (one) => one.name || `Thing ${one.id}`);
  if (name === undefined || digest === undefined || coded.length === 0)
    throw new Remark('There is nothing to save yet.');
  const text = writeSaved(
    { extractor: { name, sha256: digest }, things: things.list },
    await call('classifier', coded, path()),
  );
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  link.download = 'things.json';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

things.changes$.subscribe((list) => {
  cards.show(list);
  learn().catch(showError);
});
let [asking, again] = [false, false];
/** Asks one at a time. What changes meanwhile is asked about afterwards: only the last of it. */
async function askLatest(): Promise<void> {
  again = true;
  if (asking) return;
  asking = true;
  while (again) {
    again = false;
    await ask().catch(showError);
  }
  asking = false;
}
merge(viewer.changes$, learned$).subscribe(() => void askLatest());

holdKeys((place) => {
  const thing = things.list[place];
  if (thing) take(thing.id);
});
for (const choice of document.querySelectorAll('input[name="path"]')) {
  choice.addEventListener('change', () => void learn().catch(showError));
}
find('#new-thing').addEventListener('click', () => {
  things.add();
  cards.focusLast();
});
find('#restart').addEventListener('click', () => things.startOver());
find('#save').addEventListener('click', () => void save().catch(showError));
const opener = find<HTMLInputElement>('#open input');
opener.addEventListener('change', () => {
  const files = [...(opener.files ?? [])];
  opener.value = '';
  void busy('Opening …', () => open(files));
});
// Files that miss a target would open in the place of the page.
addEventListener('dragover', (event) => event.preventDefault());
addEventListener('drop', (event) => {
  event.preventDefault();
  void busy('Opening …', () => open([...(event.dataTransfer?.files ?? [])]));
});

const absolute = (url: string) => new URL(url, location.href).href;
const asked = new URLSearchParams(location.search).get('backend') ?? 'auto';
call('open', {
  backend: asked as Opening['backend'],
  wasmPaths: { 'tfjs-backend-wasm.wasm': absolute(plain), 'tfjs-backend-wasm-simd.wasm': absolute(simd) },
  extractor: absolute(photos),
}).then(
  (facts) => {
    showExtractor(facts);
    document.body.classList.add('ready');
    return learn();
  },
  (error) => {
    showError(error);
    showHint('Without the network there is no answer.');
  },
);
