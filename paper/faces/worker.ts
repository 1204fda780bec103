import { renderPerson, type Sitting } from './renderPerson.js';

/** What a worker thread is asked for: all pictures of one person. */
export interface WorkerTask {
  readonly person: number;
  readonly sitting: Sitting;
}

/** Entry of a worker thread: the pictures of a person, one after the other. */
export default function work({ person, sitting }: WorkerTask): Uint8Array {
  const pictures = [...renderPerson(person, sitting)];
  const each = sitting.size ** 2;
  const bytes = new Uint8Array(pictures.length * each);
  for (const [i, picture] of pictures.entries()) bytes.set(picture, i * each);
  return bytes;
}
