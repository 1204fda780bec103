declare module 'ml-knn' {
  /** A reference as the tree stores it: its values, then its label. */
  type Point = number[];

  export default class KNN {
    constructor(dataset: number[][], labels: number[], options?: { k?: number });
    readonly kdTree: {
      /** The nearest points with their distances, in no order. */
      nearest(query: ArrayLike<number>, count: number): [point: Point, distance: number][];
    };
  }
}
