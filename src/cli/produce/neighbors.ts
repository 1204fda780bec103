import { fitTo } from '../../data/resize.js';
import { nearestCode } from '../../evaluate/nearestCode.js';
import { type Photos, picturesOf } from '../photos.js';
import { SHEET_SHAPE, type SheetPhoto } from '../report/neighborSheet.js';

/** A point among codes, and the photos that it was made of. */
export interface PointAmongPhotos {
  readonly point: Float32Array;
  /** Indices of the photos that it lies between: they are the nearest in any case, and so passed over. */
  readonly parents: readonly number[];
  /** Class of the point, as an index. */
  readonly label: number;
}

/** What a sheet shows of a place: a real photo, or the neighbor of a point. */
export type Place = { readonly photo: number } | PointAmongPhotos;

/** A photo that is shown, by its index. */
type Shown = { readonly index: number } & Omit<SheetPhoto, 'picture'>;

/** Finds the nearest photo to each point, reads those that are shown, and gives them as photos of a sheet, in the same groups. */
export async function photosAt(
  photos: Photos,
  rows: readonly (readonly (readonly Place[])[])[],
): Promise<SheetPhoto[][][]> {
  const { images, codes } = photos.embedded;
  const found = rows.map((row) =>
    row.map((group) =>
      group.flatMap((place): Shown[] => {
        if ('photo' in place) return [{ index: place.photo, frame: 'real' }];
        const nearest = nearestCode(place.point, codes, place.parents);
        if (nearest === undefined) return [];
        const { index, cosine } = nearest;
        const isOther = photos.labels[index] !== place.label;
        return [{ index, cosine, ...(isOther ? { frame: 'other' } : {}) }];
      }),
    ),
  );
  const names = found.flat(2).map(({ index }) => images[index]!.name);
  const pictures = await picturesOf(photos, names, (picture) => fitTo(picture, SHEET_SHAPE, 'crop'));
  return found.map((row) =>
    row.map((group) =>
      group.flatMap(({ index, ...rest }) => {
        const picture = pictures.get(images[index]!.name);
        return picture === undefined ? [] : [{ picture, ...rest }];
      }),
    ),
  );
}

/** What a sheet of neighbors means, in sentences. */
export const neighborsText = (model: string, data: string): string =>
  `These are neighbors, not drawings: the model ${model} gives features and draws nothing. Each is the photo of ${data} that is nearest to a
point, without those that the point was made of, with the cosine between them below it; an orange frame means another class. The model
keeps no pictures of what it was trained on, so none of those are searched.`;
