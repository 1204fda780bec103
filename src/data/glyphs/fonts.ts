import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError, UsageError } from '../../core/index.js';
import { flatten, type Outline, type OutlineCommand } from './outline.js';

/** A font as far as glyphs are drawn with it. */
export interface GlyphFont {
  readonly path: string;
  /** The outline of a character at this height of an em, or `undefined` where the font has none, or an empty one. */
  outline(character: string): Outline | undefined;
}

interface ParsedFont {
  hasChar(character: string): boolean;
  charToGlyph(character: string): {
    getPath(x: number, y: number, size: number): { readonly commands: readonly OutlineCommand[] };
  };
}

const FONT_FILE = /\.(woff|ttf|otf)$/i;
/** Outlines are cut out and scaled anyway. */
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

/** Font files below a folder, in code-unit order. */
async function fontFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true }).catch((cause) => {
    throw new DataError(`cannot read the folder of fonts ${folder}`, {
      hint: 'Name a folder that has .woff, .ttf or .otf files in it, or in folders below it.',
      cause,
    });
  });
  const files = entries.filter((path) => FONT_FILE.test(path)).sort();
  if (files.length > 0) return files.map((path) => join(folder, path));
  throw new DataError(`no font in ${folder}`, {
    hint: 'Name a folder that has .woff, .ttf or .otf files in it, or in folders below it.',
  });
}

/**
 * The fonts below a folder, one at a time, in code-unit order of their paths.
 *
 * @throws UsageError where opentype.js is not installed; DataError naming the folder or the file that cannot be read
 */
export async function* readFonts(folder: string): AsyncGenerator<GlyphFont, void, undefined> {
  const parse = await parser();
  for (const path of await fontFiles(folder)) {
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
      outline(character) {
        if (!font.hasChar(character)) return undefined;
        const outline = flatten(font.charToGlyph(character).getPath(0, 0, EM).commands);
        return outline.length === 0 ? undefined : outline;
      },
    };
  }
}
