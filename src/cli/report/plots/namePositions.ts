/** Smallest surplus of a class over all others around its name, as a share of its points. */
const SURPLUS = 0.1;

/**
 * Positions at which a map may show the name of each class, best first: the mean of the class's points around one of them, wherever
 * they clearly outnumber the points of all other classes. A class that is mixed with others everywhere has no position, since a
 * name there would suggest a cluster.
 *
 * @param points coordinates of each point
 * @param labels class of each point, as an index below `classes`
 * @param radius of the neighborhood of a point, in units of the coordinates
 * @returns for each class, positions in the coordinates of the points
 */
export function namePositions(
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
    const members = points.filter((_, i) => labels[i] === own);
    const positions = members.flatMap((point) => {
      const around = members.filter((other) => near(point, other));
      const others = points.filter((other, i) => labels[i] !== own && near(point, other)).length;
      const surplus = around.length - others;
      return surplus >= SURPLUS * members.length ? [{ surplus, around }] : [];
    });
    return positions
      .sort((a, b) => b.surplus - a.surplus)
      .map(({ around }) =>
        around[0]!.map((_, axis) => around.reduce((sum, other) => sum + other[axis]!, 0) / around.length),
      );
  });
}
