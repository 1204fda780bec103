import { DataError } from '../core/errors.js';
import { isLabel, type Label, labelText } from '../core/image.js';

/** Classes in the order in which they came. `1` and `'1'` are one key of an object, so they cannot be two classes. */
export class ClassList {
  readonly labels: Label[] = [];
  readonly #indices = new Map<string, number>();

  /** Index of a class; undefined if it did not come, or the label is none. */
  indexOf(label: Label): number | undefined {
    return isLabel(label) ? this.#indices.get(String(label)) : undefined;
  }

  /** The labels that are new. Throws a `DataError` when one is that of a class in another type. */
  newAmong(labels: Iterable<Label>): Iterable<Label> {
    const added = new Map<string, Label>();
    let i = 0;
    for (const label of labels) {
      const name = String(label);
      const known = added.get(name) ?? this.labels[this.#indices.get(name) ?? -1];
      if (known === undefined) added.set(name, label);
      else if (known !== label) {
        throw new DataError(
          `example ${i} has the label ${labelText(label)}, but there is a class ${labelText(known)}`,
          { hint: 'Use a number or a string for the same class, not both.' },
        );
      }
      i++;
    }
    return added.values();
  }

  /** Adds a class that is new. */
  add(label: Label): void {
    this.#indices.set(String(label), this.labels.length);
    this.labels.push(label);
  }

  /** Forgets classes. */
  keep(isKept: (label: Label) => boolean): void {
    const kept = this.labels.splice(0).filter(isKept);
    this.#indices.clear();
    for (const label of kept) this.add(label);
  }
}
