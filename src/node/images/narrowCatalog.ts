import { UsageError } from '../../core/errors.js';
import { cleanName, compareNames, composed } from '../../core/names.js';
import type { Catalog, CatalogImage, CatalogImages, CatalogOptions } from './catalog.js';
import type { PassedOver } from './findings.js';

/**
 * Leaves out classes of a catalog, and groups its images by their names. Images stay where they are and are gone through
 * each time, so a million of them take no memory.
 *
 * @throws UsageError for a class that there is not, no class that is left, a pattern that matches no name
 */
export function narrowCatalog(catalog: Catalog, { include, exclude, groupBy }: CatalogOptions): Catalog {
  return grouped(chosen(catalog, include, exclude), groupBy);
}

function chosen(
  catalog: Catalog,
  include: readonly string[] | undefined,
  exclude: readonly string[] = [],
): Catalog {
  if (include === undefined && exclude.length === 0) return catalog;
  const all = new Set<string>();
  for (const { label } of catalog.images) all.add(label);
  const classes = new Map([...all].sort(compareNames).map((label) => [cleanName(label), label]));
  const read = namesAmong(classes, include ?? [...classes.keys()], 'include', catalog.root);
  const unread = namesAmong(classes, exclude, 'exclude', catalog.root);
  const reasonFor = (label: string): string | undefined => {
    if (unread.has(label)) return 'left out by exclude';
    return read.has(label) ? undefined : 'left out by include';
  };
  const passedOver: PassedOver[] = [];
  for (const label of classes.values()) {
    const reason = reasonFor(label);
    if (reason !== undefined) passedOver.push({ name: label, reason });
  }
  if (passedOver.length === all.size) {
    throw new UsageError(`no class of ${catalog.root} is left to read`, {
      hint: `Its classes are ${listed(classes)}.`,
      option: include === undefined ? 'exclude' : ['include', 'exclude'],
    });
  }
  const left = (label: string) => reasonFor(label) === undefined;
  let length = 0;
  for (const { label } of catalog.images) if (left(label)) length++;
  return {
    ...catalog,
    images: derived(length, catalog.images, (image) => (left(image.label) ? image : undefined)),
    passedOver: [...catalog.passedOver, ...passedOver],
  };
}

/** The classes of these names. */
function namesAmong(
  classes: ReadonlyMap<string, string>,
  names: readonly string[],
  option: string,
  root: string,
): Set<string> {
  return new Set(
    names.map((name) => {
      const found = classes.get(cleanName(name));
      if (found !== undefined) return found;
      const like = [...classes.keys()].filter(
        (label) => label.toLowerCase() === cleanName(name).toLowerCase(),
      );
      throw new UsageError(`${option}: ${root} has no class ${JSON.stringify(name).slice(0, 80)}`, {
        hint: `${like.length > 0 ? `Do you mean ${like.join(' or ')}? ` : ''}Its classes are ${listed(classes)}.`,
        option,
      });
    }),
  );
}

const MOST_LISTED = 40;

function listed(classes: ReadonlyMap<string, string>): string {
  const names = [...classes.keys()];
  const rest = names.length - MOST_LISTED;
  return `${names.slice(0, MOST_LISTED).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function grouped(catalog: Catalog, groupBy: string | undefined): Catalog {
  if (groupBy === undefined) return catalog;
  const pattern = patternOf(groupBy);
  const groupOf = (name: string): string | undefined => {
    const [whole, first] = pattern.exec(composed(name)) ?? [];
    return (first ?? whole) || undefined;
  };
  let [length, matched, example] = [0, false, ''];
  for (const { name } of catalog.images) {
    length++;
    example ||= name;
    matched ||= groupOf(name) !== undefined;
  }
  if (!matched && length > 0) {
    throw new UsageError(`groupBy: ${groupBy} matches no name in ${catalog.root}`, {
      hint: `Names are paths below the folder, such as ${example}.`,
      option: 'groupBy',
    });
  }
  return {
    ...catalog,
    images: derived(length, catalog.images, (image) => {
      const group = groupOf(image.name);
      return group === undefined ? image : { ...image, group };
    }),
  };
}

function patternOf(source: string): RegExp {
  try {
    return new RegExp(source, 'u');
  } catch (cause) {
    throw new UsageError(`groupBy: ${source} is no regular expression`, {
      hint: 'Write one that matches a part of names, such as "scene-\\d+".',
      option: 'groupBy',
      cause,
    });
  }
}

/** Images of others, made when they are reached. */
function derived(
  length: number,
  images: CatalogImages,
  make: (image: CatalogImage) => CatalogImage | undefined,
): CatalogImages {
  return {
    length,
    *[Symbol.iterator]() {
      for (const image of images) {
        const made = make(image);
        if (made !== undefined) yield made;
      }
    },
  };
}
