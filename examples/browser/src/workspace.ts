import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import { interval } from 'rxjs';
import { AnswerView } from './answer.js';
import { CameraSource } from './cameraSource.js';
import { Cards } from './cards.js';
import { Choices } from './choices.js';
import { Classes, type Example, labelOf } from './classes.js';
import { colorsOf, tint } from './colors.js';
import { find, item } from './dom.js';
import { call, latest } from './engine.js';
import { counted, type Subject } from './kinds.js';
import { Learning, nothingLearnt } from './learning.js';
import { Remark, showError, showNotice } from './notice.js';
import { PadSource } from './padSource.js';
import { Parts } from './parts.js';
import { loadSamples } from './samples.js';
import type { Source } from './source.js';
import { classifierOf, download, imagesOf, openClassifier } from './takeAway.js';
import { Walk } from './walk.js';

/** How long each hallucination stays, and a step of the walk takes, in milliseconds. */
const [PACE, STEP] = [1600, 80];

const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
const absolute = (url: string) => new URL(url, location.href).href;
const wasmPaths = {
  'tfjs-backend-wasm.wasm': absolute(plain),
  'tfjs-backend-wasm-simd.wasm': absolute(simd),
};

/** All that a tab shows and does. */
export class Workspace {
  readonly #parts: Parts;
  readonly #classes = new Classes();
  readonly #learning: Learning;
  readonly #source: Source;
  readonly #cards: Cards;
  readonly #choices: Choices;
  readonly #answer: AnswerView;
  readonly #walk: Walk;
  #learnt = nothingLearnt;
  #colors: ReadonlyMap<string, number> = new Map();
  /** Until the encoder is there, nothing is learned. */
  #open = false;
  #active = false;
  /** Settles when the encoder is there, or cannot be. */
  readonly #loaded: Promise<void>;

  constructor(
    readonly subject: Subject,
    root: HTMLElement,
  ) {
    const parts = new Parts(root, subject.kind === 'digits' ? '' : `${subject.kind}-`);
    parts.fill('workspace');
    this.#parts = parts;
    this.#learning = new Learning(subject);
    this.#source = subject.kind === 'photos' ? new CameraSource(parts) : new PadSource(parts, subject);
    this.#cards = new Cards(parts, subject, this.#classes, (id, files) => void this.#addFiles(id, files));
    this.#choices = new Choices(parts.get('add'), (id) => void this.#add(id));
    this.#answer = new AnswerView(parts);
    this.#walk = new Walk(parts, subject);
    this.#write();
    this.#listen();
    this.#loaded = this.#load();
  }

  /** Goes on where it was left. */
  enter(): void {
    this.#active = true;
  }

  leave(): void {
    this.#active = false;
    this.#source.leave();
  }

  #write(): void {
    const { about, add, limits, prepares, samples, kind, noun } = this.subject;
    const write = (id: string, text: string) => {
      this.#parts.get(id).textContent = text;
    };
    write('about', about);
    write('add-title', add);
    write('limits', limits);
    write('seen-about', prepares ?? '');
    write('samples', samples ?? '');
    this.#parts.get('samples').hidden = samples === undefined;
    this.#parts.get('seen').hidden = kind === 'photos';
    write('save-images', kind === 'photos' ? 'Photos as a zip' : `Made images and ${noun}s as a zip`);
  }

  #listen(): void {
    const press = (id: string, act: () => void | Promise<void>) => {
      this.#parts.get(id).addEventListener('click', async () => {
        try {
          await act();
        } catch (error) {
          showError(error);
        }
      });
    };
    const { kind } = this.subject;
    const pause = this.#parts.get('pause');
    const setPaused = (paused: boolean) => {
      pause.ariaPressed = `${paused}`;
    };
    setPaused(calm);
    press('pause', () => setPaused(pause.ariaPressed !== 'true'));
    press('undo', () => this.#classes.undo());
    press('new-class', () => this.#classes.add());
    press('restart', async () => {
      this.#source.taken();
      this.#classes.startOver();
      await this.#adopt(undefined);
    });
    press('samples', async () => {
      this.#classes.addSamples(await loadSamples(kind));
      this.#bringIntoView(find('.walk', this.#parts.root));
    });
    press('save-images', async () => {
      const { zip, count } = await imagesOf(this.#classes, this.#learning);
      download(zip, `${kind}.zip`);
      this.#tell(`${kind}.zip holds ${counted(count, 'image')}, a folder for each class.`);
    });
    press('save-classifier', async () => {
      download(await classifierOf(this.subject), `${kind}-classifier.json`);
      this.#tell(`${kind}-classifier.json holds the classifier. This page and programs can open it.`);
    });
    press('forget', () => this.#adopt(undefined));
    const opener = find<HTMLInputElement>('input', this.#parts.get('open-classifier'));
    opener.addEventListener('change', () => {
      const [file] = opener.files ?? [];
      opener.value = '';
      if (file) this.#adopt(file).catch(showError);
    });
    this.#classes.changes$.subscribe(() => this.#show());
    this.#source.changes$.subscribe(() => void this.#ask());
    const moves = () => this.#active && !document.hidden && pause.ariaPressed !== 'true';
    interval(PACE).subscribe(() => moves() && this.#cards.advance());
    interval(STEP).subscribe(() => moves() && this.#walk.advance(STEP));
  }

  async #load(): Promise<void> {
    const { kind, encoder } = this.subject;
    this.#answer.hint('The encoder is loading …');
    try {
      const { name, backend } = await call('open', kind, { wasmPaths, encoder: absolute(encoder) });
      this.#open = true;
      this.#parts.get<HTMLButtonElement>('samples').disabled = false;
      this.#parts.get('backend').textContent =
        `Everything is computed in this page, by the encoder ${name} on ${backend}.`;
      this.#parts.root.classList.add('ready');
      await this.#learn();
    } catch (error) {
      showError(error);
      this.#answer.hint('Without the encoder there is no answer.');
    }
  }

  /** Shows the classes as they are, and has them learned. */
  #show(): void {
    const { list } = this.#classes;
    this.#colors = colorsOf([...list.map(labelOf), ...this.#learning.adoptedLabels]);
    this.#cards.show(list, this.#colors);
    this.#choices.show(list);
    const has = list.some(({ examples }) => examples.length > 0);
    this.#parts.get('undo').ariaDisabled = `${!this.#classes.canUndo}`;
    this.#parts.get('save-images').ariaDisabled = `${!has}`;
    void this.#learn();
  }

  readonly #learn = latest(async () => {
    if (!this.#open) return;
    try {
      const { list } = this.#classes;
      const learnt = await this.#learning.learn(list);
      // Something else is learned next.
      if (list !== this.#classes.list) return;
      this.#learnt = learnt;
      for (const one of list) this.#cards.showMade(one, this.#learning.madeOf(one) ?? []);
      this.#walk.show(learnt, this.#colors);
      this.#showLegend();
      this.#parts.get('known').textContent = this.#known();
      this.#parts.get('save-classifier').ariaDisabled = `${learnt.counts === undefined}`;
      await this.#ask();
    } catch (error) {
      showError(error);
    }
  });

  /** What the classifier has learned, in words. */
  #known(): string {
    const { counts, real, made, adopted } = this.#learnt;
    if (counts === undefined) return '';
    const { noun, made: what } = this.subject;
    const own = real > 0 ? [counted(real, noun), `${made} ${what}`] : [];
    const parts = [...own, ...(adopted > 0 ? [`${counted(adopted, 'example')} of the opened one`] : [])];
    return `It knows ${parts.join(' and ')}.`;
  }

  #showLegend(): void {
    const labels = new Set(this.#learnt.points.map(({ label }) => label));
    const rows = [...this.#colors].filter(([label]) => labels.has(label));
    this.#parts.get('legend').replaceChildren(
      ...rows.map(([label, color]) => {
        const swatch = document.createElement('span');
        swatch.className = 'swatch';
        const row = item(swatch, label);
        tint(row, color);
        return row;
      }),
    );
  }

  /** Asks about what is looked at, and shows the answer. */
  readonly #ask = latest(async () => {
    const shot = this.#source.shot();
    if (!this.#open) {
      this.#choices.enable(false);
      return;
    }
    const { kind, teach, ask } = this.subject;
    try {
      const asked = shot && (await call('ask', kind, shot.picture, shot.polarity));
      this.#choices.enable(asked !== undefined);
      this.#source.showSeen(asked);
      const example = asked && shot.exampleOf(asked);
      const { points, counts } = this.#learnt;
      this.#walk.sphere.show({
        asked:
          example && asked && points.length > 0
            ? { place: asked.place, picture: example.picture }
            : undefined,
      });
      if (counts === undefined) this.#answer.hint(teach);
      else if (asked?.answer === undefined) this.#answer.hint(ask);
      else this.#answer.show(asked.answer, this.#colors);
    } catch (error) {
      showError(error);
    }
  });

  async #add(id: number): Promise<void> {
    const shot = this.#source.shot();
    if (shot === undefined || !this.#open) return;
    this.#source.taken();
    try {
      const seen = await call('see', this.subject.kind, shot.picture, shot.polarity);
      if (seen) this.#classes.addExamples(id, [shot.exampleOf(seen)]);
    } catch (error) {
      showError(error);
    }
  }

  async #addFiles(id: number, files: readonly File[]): Promise<void> {
    const examples: Example[] = [];
    const refused: string[] = [];
    await this.#loaded;
    for (const file of files) {
      try {
        const shot = await this.#source.read(file);
        const seen = await call('see', this.subject.kind, shot.picture, shot.polarity);
        if (seen) examples.push(shot.exampleOf(seen));
        else refused.push(`${file.name} ${this.#source.nothingIn}`);
      } catch (error) {
        refused.push(
          error instanceof Remark
            ? `${file.name}: ${error.message}`
            : `${file.name} is not an image that this browser can read.`,
        );
      }
    }
    showNotice(...refused);
    if (examples.length > 0) this.#classes.addExamples(id, examples);
  }

  async #adopt(file: File | undefined): Promise<void> {
    await this.#loaded;
    if (file) this.#tell(await openClassifier(file, this.#learning));
    else {
      await this.#learning.adopt();
      this.#tell('');
    }
    this.#parts.get('forget').hidden = file === undefined;
    showNotice();
    this.#show();
  }

  #tell(text: string): void {
    this.#parts.get('taken').textContent = text;
  }

  /** On a narrow screen what was just made would lie below the window. */
  #bringIntoView(element: HTMLElement): void {
    if (element.getBoundingClientRect().top < 0.7 * innerHeight) return;
    element.scrollIntoView({ behavior: calm ? 'auto' : 'smooth' });
  }
}
