import type { Observable } from 'rxjs';
import type { Example } from './classes.js';
import type { Asked, Picture, Seen } from './protocol.js';

/** A picture that is looked at. */
export interface Shot {
  readonly picture: Picture;
  /** Whether its ink is known to be light on dark. */
  readonly polarity?: 'light';
  /** The example that it becomes. */
  exampleOf(seen: Seen): Example;
}

/** Where a tab gets its pictures from: a pad, or a camera and files. */
export interface Source {
  /** Emits when there is something new to look at. */
  readonly changes$: Observable<unknown>;
  /** What is looked at; undefined for nothing. */
  shot(): Shot | undefined;
  /** Shows how the encoder sees it. */
  showSeen(asked: Asked | undefined): void;
  /** Makes room for the next picture after one became an example. */
  taken(): void;
  /** The picture in a file. Throws an error if it is none. */
  read(file: File): Promise<Shot>;
  /** Why a file became no example: nothing was seen in it. */
  readonly nothingIn: string;
  /** Stops looking, because the tab is left. */
  leave(): void;
}
