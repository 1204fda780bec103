import { animationFrameScheduler, auditTime, interval, merge, Subject, switchMap } from 'rxjs';
import { showAnswer, showHint } from './answer.js';
import { Cards } from './cards.js';
import { Choices } from './choices.js';
import { Classes, type DrawnClass } from './classes.js';
import { digitIn } from './digit.js';
import { find } from './dom.js';
import { openEncoder } from './encoder.js';
import { learner, nothingLearnt } from './learn.js';
import { showError } from './notice.js';
import { Pad } from './pad.js';
import { drawByKeys } from './padKeys.js';
import { paint, SIDE } from './pixels.js';
import { loadSamples } from './samples.js';

/** How long each hallucination stays, in milliseconds. */
const PACE = 1600;

const classes = new Classes();
const cards = new Cards(classes);
const pad = new Pad(find<HTMLCanvasElement>('#pad'));
const choices = new Choices(addDrawing);
const pause = find<HTMLButtonElement>('#pause');
const undo = find<HTMLButtonElement>('#undo');
const samples = find<HTMLButtonElement>('#samples');
const seen = find<HTMLCanvasElement>('#seen');
const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;

/** Until the encoder is there, nothing is learnt. */
let learn: ((list: readonly DrawnClass[]) => typeof nothingLearnt) | undefined;
let learnt = nothingLearnt;
const learnt$ = new Subject<void>();

function learnAll(list: readonly DrawnClass[]): void {
  try {
    learnt = learn?.(list) ?? nothingLearnt;
  } catch (error) {
    showError(error);
  }
  cards.show(list, learnt);
  choices.show(list);
  undo.ariaDisabled = `${!classes.canUndo}`;
  find('#known').textContent = knownOf(list, learnt);
  learnt$.next();
}

/** What the classifier has learnt, in words. */
function knownOf(list: readonly DrawnClass[], { knn, of }: typeof nothingLearnt): string {
  if (knn === undefined) return '';
  const made = list.reduce((sum, one) => sum + of(one).length, 0);
  return `It knows ${knn.count - made} drawings and ${made} hallucinations.`;
}

function addDrawing(id: number): void {
  const digit = digitIn(pad.picture(), 'light');
  if (digit === undefined) return;
  pad.clear();
  classes.addImages(id, [digit]);
}

/** Asks the classifier about the drawing; a promise of what to show. */
async function ask(): Promise<() => void> {
  const digit = digitIn(pad.picture(), 'light');
  choices.enable(digit !== undefined);
  find('#pad-hint').hidden = !pad.empty;
  paint(seen, digit);
  if (learn === undefined) return () => showHint('The encoder is loading …');
  if (learnt.knn === undefined)
    return () => showHint('Two classes of two drawings each, and it has an answer.');
  if (digit === undefined) return () => showHint('Draw something, and it answers while you draw.');
  const answer = await learnt.knn.predict({ pixels: digit, shape: [SIDE, SIDE, 1] });
  return () => showAnswer(answer, classes.changes$.value);
}

/** On a narrow screen what was just made would lie below the window. */
function bringIntoView(element: HTMLElement): void {
  if (element.getBoundingClientRect().top < 0.7 * innerHeight) return;
  element.scrollIntoView({ behavior: calm ? 'auto' : 'smooth' });
}

function setPaused(paused: boolean): void {
  pause.ariaPressed = `${paused}`;
}

merge(pad.changes$, learnt$)
  .pipe(auditTime(0, animationFrameScheduler), switchMap(ask))
  .subscribe({ next: (show) => show(), error: showError });
interval(PACE).subscribe(() => {
  if (pause.ariaPressed !== 'true') cards.advance();
});
classes.changes$.subscribe(learnAll);

drawByKeys(pad, find('.pad'), find('#pen'));
setPaused(calm);
pause.addEventListener('click', () => setPaused(pause.ariaPressed !== 'true'));
undo.addEventListener('click', () => classes.undo());
find('#clear').addEventListener('click', () => pad.clear());
find('#new-class').addEventListener('click', () => classes.add());
find('#restart').addEventListener('click', () => {
  pad.clear();
  classes.startOver();
});
samples.addEventListener('click', () => {
  loadSamples()
    .then((list) => {
      classes.addSamples(list);
      bringIntoView(find('.classes'));
    })
    .catch(showError);
});

openEncoder()
  .then(({ model, backend }) => {
    learn = learner(model);
    samples.disabled = false;
    find('#backend').textContent = `Everything is computed in this page, by ${backend}.`;
    learnAll(classes.changes$.value);
  })
  .catch((error) => {
    showError(error);
    showHint('Without the encoder there is no answer.');
  });
