import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError, UsageError } from '../core/errors.js';
import { flatten, type Outline, type OutlineCommand } from '../data/outline.js';

/** A font that glyphs are drawn with. */
export interface Font {
  readonly path: string;
  /** Characters that it has. */
  readonly characters: () => string[];
  /** The outline of a character, or of several side by side; `undefined` if the font lacks one, or there is no ink. */
  readonly outline: (text: string) => Outline | undefined;
}

interface ParsedFont {
  readonly unitsPerEm: number;
  readonly tables: { readonly cmap: { readonly glyphIndexMap: Readonly<Record<string, number>> } };
  hasChar(character: string): boolean;
  charToGlyph(character: string): {
    readonly advanceWidth: number;
    getPath(x: number, y: number, size: number): { readonly commands: readonly OutlineCommand[] };
  };
}

const FONT_FILE = /\.(woff|ttf|otf)$/i;
/** Font size of the outlines, which are scaled later. */
const EM = 100;

async function parser(): Promise<(bytes: ArrayBuffer) => ParsedFont> {
  try {
    const { default: opentype } = await import('opentype.js');
    return opentype.parse;
  } catch (cause) {
    throw new UsageError('fonts are read with the package opentype.js, which is not installed', {
      hint: 'Install it: npm install opentype.js',
      cause,
    });
  }
}

/** Paths of the font files below a folder, in code-unit order. */
export async function fontFiles(folder: string): Promise<string[]> {
  const hint = 'Name a folder that has .woff, .ttf or .otf files in it, or in folders below it.';
  const entries = await readdir(folder, { recursive: true }).catch((cause) => {
    throw new DataError(`cannot read the folder of fonts ${folder}`, { hint, cause });
  });
  const files = entries.filter((path) => FONT_FILE.test(path)).sort();
  if (files.length > 0) return files.map((path) => join(folder, path));
  throw new DataError(`no font in ${folder}`, { hint });
}

/** The outline of characters side by side, from left to right. */
function outlineOf(font: ParsedFont, text: string): Outline {
  let right = 0;
  return [...text].flatMap((character) => {
    const glyph = font.charToGlyph(character);
    const outline = flatten(glyph.getPath(right, 0, EM).commands);
    right += (glyph.advanceWidth * EM) / font.unitsPerEm;
    return outline;
  });
}

/**
 * Reads fonts, one at a time.
 *
 * @throws UsageError if opentype.js is not installed; DataError naming the file that cannot be read
 */
export async function* readFonts(paths: readonly string[]): AsyncGenerator<Font, void, undefined> {
  const parse = await parser();
  for (const path of paths) {
    const bytes = await readFile(path);
    let font: ParsedFont;
    try {
      font = parse(new Uint8Array(bytes).buffer);
    } catch (cause) {
      throw new DataError(`${path} is not a font that can be read: it is damaged or of another kind`, {
        hint: 'Remove it from the folder of fonts.',
        cause,
      });
    }
    yield {
      path,
      characters: () =>
        Object.keys(font.tables.cmap.glyphIndexMap).map((code) => String.fromCodePoint(Number(code))),
      outline(text) {
        if (![...text].every((character) => font.hasChar(character))) return undefined;
        const outline = outlineOf(font, text);
        return outline.length === 0 ? undefined : outline;
      },
    };
  }
}
