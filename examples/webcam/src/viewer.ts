import { filter, merge, type Observable, Subject, switchMap, throttleTime } from 'rxjs';
import { cameras, closeCamera, framesOf, openCamera } from './camera.js';
import { find } from './dom.js';
import { showError } from './notice.js';
import { bitmapOf, type Source } from './picture.js';

/** Least time between two looks at the camera, in milliseconds. */
const PACE = 150;

/** What is looked at: the camera, or a picture in its place. */
export class Viewer {
  readonly #root = find('#viewer');
  readonly #video = find<HTMLVideoElement>('#camera');
  readonly #still = find<HTMLCanvasElement>('#still');
  readonly #choice = find<HTMLSelectElement>('#which');
  readonly #starts$ = new Subject<void>();
  readonly #stills$ = new Subject<void>();
  #picture: ImageBitmap | undefined;

  /** Emits when there is something new to look at. */
  readonly changes$: Observable<void> = merge(
    this.#starts$.pipe(
      switchMap(() => framesOf(this.#video)),
      throttleTime(PACE),
    ),
    this.#stills$,
  ).pipe(filter(() => this.source !== undefined));

  constructor() {
    find('#start').addEventListener('click', () => void this.start());
    find('#stop').addEventListener('click', () => this.stop());
    find('#back').addEventListener('click', () => this.#show(undefined));
    this.#choice.addEventListener('change', () => void this.start(this.#choice.value));
    const input = find<HTMLInputElement>('#ask input');
    input.addEventListener('change', () => {
      const [file] = input.files ?? [];
      if (file) void this.look(file);
      input.value = '';
    });
    this.#root.addEventListener('dragover', (event) => {
      event.preventDefault();
      this.#root.classList.add('over');
    });
    this.#root.addEventListener('dragleave', () => this.#root.classList.remove('over'));
    this.#root.addEventListener('drop', (event) => {
      event.preventDefault();
      event.stopPropagation();
      this.#root.classList.remove('over');
      const [file] = event.dataTransfer?.files ?? [];
      if (file) void this.look(file);
    });
    this.#update();
  }

  /** What is before the eyes; undefined if there is nothing. */
  get source(): Source | undefined {
    if (this.#picture) return this.#picture;
    return this.#runs && this.#video.videoWidth > 0 ? this.#video : undefined;
  }

  get #runs(): boolean {
    return this.#video.srcObject !== null;
  }

  async start(deviceId?: string): Promise<void> {
    try {
      const stream = await openCamera(this.#video, deviceId);
      const [track] = stream.getVideoTracks();
      track?.addEventListener('ended', () => this.stop());
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
      this.#show(undefined);
    } catch (error) {
      showError(error);
    }
  }

  stop(): void {
    closeCamera(this.#video);
    this.#show(undefined);
  }

  /** Looks at a picture from disk instead of the camera. */
  async look(file: File): Promise<void> {
    try {
      this.#show(await bitmapOf(file, file.name));
    } catch (error) {
      showError(error);
    }
  }

  #show(picture: ImageBitmap | undefined): void {
    this.#picture?.close();
    this.#picture = picture;
    if (picture) {
      const side = Math.min(picture.width, picture.height);
      const [x, y] = [(picture.width - side) / 2, (picture.height - side) / 2];
      const { width } = this.#still;
      this.#still.getContext('2d')?.drawImage(picture, x, y, side, side, 0, 0, width, width);
    }
    this.#update();
    this.#stills$.next();
  }

  #update(): void {
    const [still, runs] = [this.#picture !== undefined, this.#runs];
    this.#still.hidden = !still;
    this.#video.hidden = still || !runs;
    find('#nothing').hidden = still || runs;
    find('#start').hidden = runs;
    find('#stop').hidden = still || !runs;
    find('#back').hidden = !still;
    find('#back').textContent = runs ? 'Back to the camera' : 'Take it away';
  }
}
