import type { Point } from '../outline.js';
import { type Bitmap, distances, inkedPixels, NEIGHBORS, thin } from './thinning.js';

/** A line of a skeleton, between two ends or junctions. */
export interface Edge {
  /** Numbers of the nodes that it begins and ends at. */
  readonly nodes: readonly [number, number];
  /** In pixels, from node to node. */
  readonly points: readonly Point[];
}

/** The lines in the middle of a letter's strokes. */
export interface Skeleton {
  readonly edges: readonly Edge[];
  /** Half the usual width of a stroke, in pixels. */
  readonly halfWidth: number;
}

/** Length of a line through points. */
export function lengthOf(points: readonly Point[]): number {
  let length = 0;
  for (let i = 1; i < points.length; i++) {
    length += Math.hypot(points[i]![0] - points[i - 1]![0], points[i]![1] - points[i - 1]![1]);
  }
  return length;
}

/** Longest spur, in distances of its junction from the edge of the ink, and pixels more. */
const [SPUR, SPUR_MORE] = [1.35, 1];
/** Longest line between two junctions that are one, and shortest ring at a junction, in half widths of a stroke. */
const [SAME_JUNCTION, RING] = [1.3, 2];

/** Inked pixels and the neighbors each is linked to: across a corner, only where no pixel beside both is inked. */
function linksIn(skeleton: Bitmap): Map<number, number[]> {
  const { side, ink } = skeleton;
  const links = new Map<number, number[]>();
  for (const pixel of inkedPixels(skeleton)) {
    const linked = NEIGHBORS.filter(
      ([right, down]) =>
        ink[pixel + right + side * down] === 1 &&
        (right === 0 || down === 0 || (ink[pixel + right] === 0 && ink[pixel + side * down] === 0)),
    );
    links.set(
      pixel,
      linked.map(([right, down]) => pixel + right + side * down),
    );
  }
  return links;
}

/** A graph while it is made: nodes have places. */
interface Graph {
  readonly places: readonly Point[];
  readonly edges: readonly Edge[];
}

/** Follows the lines of a skeleton of pixels from node to node. Pixels of a junction that touch are one node. */
function trace(skeleton: Bitmap): Graph {
  const links = linksIn(skeleton);
  const placeOf = (pixel: number): Point => [pixel % skeleton.side, Math.floor(pixel / skeleton.side)];
  const places: Point[] = [];
  const nodeOf = new Map<number, number>();
  const addNode = (pixels: readonly number[]) => {
    for (const pixel of pixels) nodeOf.set(pixel, places.length);
    places.push(middle(pixels.map(placeOf)));
  };
  const isJunction = (pixel: number) => links.get(pixel)!.length > 2;
  for (const [pixel, linked] of links) {
    if (nodeOf.has(pixel) || linked.length === 2) continue;
    const cluster = new Set([pixel]);
    if (isJunction(pixel)) {
      for (const member of cluster)
        for (const next of links.get(member)!) if (isJunction(next)) cluster.add(next);
    }
    addNode([...cluster]);
  }
  const edges: Edge[] = [];
  const passed = new Set<number>();
  const follow = (start: number, next: number) => {
    const path = [start, next];
    for (;;) {
      const [before, pixel] = path.slice(-2) as [number, number];
      passed.add(pixel);
      if (nodeOf.has(pixel)) break;
      path.push(links.get(pixel)!.find((other) => other !== before)!);
    }
    const nodes = [nodeOf.get(start)!, nodeOf.get(path.at(-1)!)!] as const;
    edges.push({ nodes, points: between(places, nodes, path.map(placeOf)) });
  };
  for (const [pixel, node] of [...nodeOf]) {
    const linked = links.get(pixel)!;
    if (linked.length === 0) edges.push({ nodes: [node, node], points: [places[node]!, places[node]!] });
    for (const next of linked) {
      if (nodeOf.has(next)) {
        // Between two nodes without a pixel: from one side alone.
        if (nodeOf.get(next)! > node) follow(pixel, next);
      } else if (!passed.has(next)) follow(pixel, next);
    }
  }
  for (const [pixel, linked] of links) {
    if (nodeOf.has(pixel) || passed.has(pixel)) continue;
    addNode([pixel]);
    follow(pixel, linked[0]!);
  }
  return { places, edges };
}

const middle = (points: readonly Point[]): Point => [
  points.reduce((sum, [right]) => sum + right, 0) / points.length,
  points.reduce((sum, [, down]) => sum + down, 0) / points.length,
];

/** Points from the place of one node to that of another. */
const between = (
  places: readonly Point[],
  [from, to]: readonly [number, number],
  points: readonly Point[],
): Point[] => [places[from]!, ...points.slice(1, -1), places[to]!];

/** Number of edges at each node. */
function degreesOf({ places, edges }: Graph): Int32Array {
  const degrees = new Int32Array(places.length);
  for (const { nodes } of edges) for (const node of nodes) degrees[node]!++;
  return degrees;
}

/** Cuts off short lines that end in nothing: corners of a broad stroke, not strokes. The shortest at a junction go first. */
function withoutSpurs(graph: Graph, halfWidthAt: (place: Point) => number): Graph {
  const degrees = degreesOf(graph);
  const spurs = new Set<Edge>();
  const byLength = graph.edges
    .map((edge) => ({ edge, length: lengthOf(edge.points) }))
    .sort((a, b) => a.length - b.length);
  for (const { edge, length } of byLength) {
    const [from, to] = edge.nodes;
    const junction = degrees[from] === 1 ? to : degrees[to] === 1 ? from : undefined;
    if (junction === undefined || degrees[junction]! <= 2) continue;
    if (length >= SPUR * halfWidthAt(graph.places[junction]!) + SPUR_MORE) continue;
    spurs.add(edge);
    degrees[junction]!--;
  }
  return { places: graph.places, edges: graph.edges.filter((edge) => !spurs.has(edge)) };
}

/** Makes one junction of those that a short line joins, as where two strokes cross at a small angle. */
function withoutBridges({ places, edges }: Graph, halfWidth: number): readonly Edge[] {
  const degrees = degreesOf({ places, edges });
  const groups = places.map((_, node) => node);
  const groupOf = (node: number): number => (groups[node] === node ? node : groupOf(groups[node]!));
  const kept = edges.filter(({ nodes, points }) => {
    const [from, to] = nodes.map(groupOf) as [number, number];
    const bridge =
      from !== to &&
      nodes.every((node) => degrees[node]! > 2) &&
      lengthOf(points) < SAME_JUNCTION * halfWidth;
    if (bridge) groups[from] = to;
    return !bridge;
  });
  const members = new Map<number, Point[]>();
  for (const [node, place] of places.entries()) {
    const group = groupOf(node);
    members.set(group, [...(members.get(group) ?? []), place]);
  }
  const middles = places.map((_, node) => middle(members.get(groupOf(node))!));
  return kept.flatMap(({ nodes, points }): Edge[] => {
    const [from, to] = nodes.map(groupOf) as [number, number];
    const ring = from === to && points.length > 2 && degrees[nodes[0]]! > 2;
    if (ring && lengthOf(points) < RING * halfWidth) return [];
    return [{ nodes: [from, to], points: between(middles, [from, to], points) }];
  });
}

/** The lines in the middle of a letter's strokes, without what the width of its strokes adds; `undefined` without ink. */
export function skeletonOf(bitmap: Bitmap): Skeleton | undefined {
  const away = distances(bitmap);
  const thinned = thin(bitmap);
  const halfWidths = Float32Array.from(inkedPixels(thinned), (pixel) => away[pixel]!).sort();
  if (halfWidths.length === 0) return undefined;
  const halfWidth = halfWidths[Math.floor(halfWidths.length / 2)]!;
  const halfWidthAt = ([right, down]: Point) => away[Math.round(right) + bitmap.side * Math.round(down)]!;
  const graph = withoutSpurs(trace(thinned), halfWidthAt);
  return { edges: withoutBridges(graph, halfWidth), halfWidth };
}
