import { filter, merge, type Observable, Subject, switchMap, throttleTime } from 'rxjs';
import { cameras, closeCamera, framesOf, openCamera } from './camera.js';
import { find } from './dom.js';
import { showError } from './notice.js';
import type { Parts } from './parts.js';
import type { Picture, Seen } from './protocol.js';
import type { Shot, Source } from './source.js';

/** Least time between two looks at the camera, in milliseconds. */
const PACE = 150;
/** Side of the squares that are kept and looked at, in pixels. */
const SIDE = 224;

/** Photos before a camera, and in files. */
export class CameraSource implements Source {
  readonly nothingIn = 'gives no code.';
  readonly #parts: Parts;
  readonly #video: HTMLVideoElement;
  readonly #still: HTMLCanvasElement;
  readonly #choice: HTMLSelectElement;
  readonly #starts$ = new Subject<void>();
  readonly #stills$ = new Subject<void>();
  #opened: ImageBitmap | undefined;
  /** True if the tab was left, maybe while the camera was starting. */
  #left = false;

  readonly changes$: Observable<unknown> = merge(
    this.#starts$.pipe(
      switchMap(() => framesOf(this.#video)),
      throttleTime(PACE),
      filter(() => this.#opened === undefined && this.#runs),
    ),
    this.#stills$,
  );

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.fill('camera-source', parts.get('source'));
    this.#video = parts.get<HTMLVideoElement>('camera');
    this.#still = parts.get<HTMLCanvasElement>('still');
    this.#choice = parts.get<HTMLSelectElement>('which');
    parts.get('start').addEventListener('click', () => void this.#start());
    parts.get('stop').addEventListener('click', () => this.leave());
    parts.get('back').addEventListener('click', () => this.#open(undefined));
    this.#choice.addEventListener('change', () => void this.#start(this.#choice.value));
    const input = find<HTMLInputElement>('input', parts.get('look'));
    input.addEventListener('change', () => {
      const [file] = input.files ?? [];
      if (file) void this.#look(file);
      input.value = '';
    });
    this.#takeDrops(parts.get('viewer'));
    this.#update();
  }

  shot(): Shot | undefined {
    if (this.#opened) return shotOf(this.#opened, this.#opened.width, this.#opened.height);
    const { videoWidth, videoHeight } = this.#video;
    return this.#runs && videoWidth > 0 ? shotOf(this.#video, videoWidth, videoHeight) : undefined;
  }

  showSeen(): void {}

  /** The photo stays: the same thing may be taken again. */
  taken(): void {}

  async read(file: File): Promise<Shot> {
    const bitmap = await createImageBitmap(file);
    const shot = shotOf(bitmap, bitmap.width, bitmap.height);
    bitmap.close();
    return shot;
  }

  leave(): void {
    this.#left = true;
    closeCamera(this.#video);
    this.#update();
    this.#stills$.next();
  }

  get #runs(): boolean {
    return this.#video.srcObject !== null;
  }

  async #start(deviceId?: string): Promise<void> {
    this.#left = false;
    try {
      const stream = await openCamera(this.#video, deviceId);
      if (this.#left) {
        closeCamera(this.#video);
        return;
      }
      const [track] = stream.getVideoTracks();
      track?.addEventListener('ended', () => this.leave());
      const { facingMode, deviceId: own = '' } = track?.getSettings() ?? {};
      // A camera above the screen shows a mirror, as people expect; what is learned is not mirrored.
      this.#video.classList.toggle('mirrored', facingMode !== 'environment');
      const all = await cameras();
      this.#choice.hidden = all.length < 2;
      this.#choice.replaceChildren(
        ...all.map(({ label, deviceId: id }, i) => new Option(label || `Camera ${i + 1}`, id)),
      );
      this.#choice.value = own;
      this.#starts$.next();
      this.#open(undefined);
    } catch (error) {
      showError(error);
    }
  }

  async #look(file: File): Promise<void> {
    try {
      this.#open(await createImageBitmap(file));
    } catch {
      showError(new Error(`${file.name} is not an image that this browser can read.`));
    }
  }

  /** Looks at a photo from disk instead of the camera, or at the camera again. */
  #open(photo: ImageBitmap | undefined): void {
    this.#opened?.close();
    this.#opened = photo;
    if (photo) drawSquare(this.#still, photo, photo.width, photo.height);
    this.#update();
    this.#stills$.next();
  }

  #takeDrops(viewer: HTMLElement): void {
    const over = (is: boolean) => viewer.classList.toggle('over', is);
    viewer.addEventListener('dragover', (event) => {
      event.preventDefault();
      over(true);
    });
    viewer.addEventListener('dragleave', () => over(false));
    viewer.addEventListener('drop', (event) => {
      event.preventDefault();
      event.stopPropagation();
      over(false);
      const [file] = event.dataTransfer?.files ?? [];
      if (file) void this.#look(file);
    });
  }

  #update(): void {
    const [still, runs] = [this.#opened !== undefined, this.#runs];
    const hide = (id: string, hidden: boolean) => {
      this.#parts.get(id).hidden = hidden;
    };
    hide('still', !still);
    hide('camera', still || !runs);
    hide('nothing', still || runs);
    hide('start', runs);
    hide('stop', still || !runs);
    hide('back', !still);
    if (!runs) this.#choice.hidden = true;
    this.#parts.get('back').textContent = runs ? 'Back to camera' : 'Close photo';
  }
}

/** The square in the middle, on white where it is transparent. */
function drawSquare(canvas: HTMLCanvasElement, source: CanvasImageSource, width: number, height: number) {
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('this browser gives no canvas');
  const side = Math.min(width, height);
  context.fillStyle = 'white';
  context.fillRect(0, 0, canvas.width, canvas.width);
  context.imageSmoothingQuality = 'high';
  const [left, top] = [(width - side) / 2, (height - side) / 2];
  context.drawImage(source, left, top, side, side, 0, 0, canvas.width, canvas.width);
  return context;
}

function shotOf(source: CanvasImageSource, width: number, height: number): Shot {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [SIDE, SIDE];
  canvas.className = 'smooth';
  const { data } = drawSquare(canvas, source, width, height).getImageData(0, 0, SIDE, SIDE);
  const pixels = new Float32Array(SIDE * SIDE * 3);
  for (let i = 0; i < SIDE * SIDE; i++) {
    for (let c = 0; c < 3; c++) pixels[3 * i + c] = data[4 * i + c]! / 255;
  }
  const picture: Picture = { pixels, shape: [SIDE, SIDE, 3] };
  return { picture, exampleOf: ({ code }: Seen) => ({ code, picture: canvas }) };
}
