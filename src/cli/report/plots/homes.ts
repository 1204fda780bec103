/** How many points of a class, as a share of all of them, must be more than those of other classes around its name. */
const SURPLUS = 0.1;

/**
 * Where each class may be named in a map: in the middle of its points around any of them where they clearly outnumber those
 * of all other classes, the best place first. A class that is mixed with others everywhere has no such place: a name there
 * would claim an order that is none.
 *
 * @param points coordinates of each point
 * @param labels class of each point, as an index below `classes`
 * @param radius how far around a point is looked, in units of the coordinates
 * @returns for each class, places in the coordinates of the points
 */
export function homesOf(
  points: readonly (readonly number[])[],
  labels: readonly number[],
  classes: number,
  radius: number,
): number[][][] {
  const near = (a: readonly number[], b: readonly number[]) => {
    let squares = 0;
    for (let axis = 0; axis < a.length; axis++) squares += (a[axis]! - b[axis]!) ** 2;
    return squares <= radius * radius;
  };
  return Array.from({ length: classes }, (_, own) => {
    const mine = points.filter((_, i) => labels[i] === own);
    const homes = mine.flatMap((point) => {
      const around = mine.filter((other) => near(point, other));
      const strangers = points.filter((other, i) => labels[i] !== own && near(point, other)).length;
      const surplus = around.length - strangers;
      return surplus >= SURPLUS * mine.length ? [{ surplus, around }] : [];
    });
    return homes
      .sort((a, b) => b.surplus - a.surplus)
      .map(({ around }) =>
        around[0]!.map((_, axis) => around.reduce((sum, other) => sum + other[axis]!, 0) / around.length),
      );
  });
}
