import { Buffer } from 'node:buffer';
import type { LabeledImage } from '../../core/index.js';
import { contactSheet, pictureToPng } from '../contactSheet.js';
import { type Html, html } from '../html.js';

/**
 * Groups of images side by side, as one picture inside the page.
 *
 * @param says what is to be seen, for those who do not see it
 * @param height of an image on the screen, in pixels; where it is larger, pixels are drawn larger
 */
export function strip(groups: readonly (readonly LabeledImage[])[], says: string, height: number): Html {
  const { shape } = groups.flat()[0]!;
  const sheet = contactSheet([groups], shape, { zoom: 1, gap: 2, groupGap: 8 });
  const png = pictureToPng(sheet);
  const zoom = height / shape[0];
  return html`<img src="data:image/png;base64,${Buffer.from(png).toString('base64')}" alt="${says}" width="${Math.round(sheet.width * zoom)}" height="${Math.round(sheet.height * zoom)}">`;
}
