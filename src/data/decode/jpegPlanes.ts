import { inverseCosine } from './inverseCosine.js';
import {
  type Flaws,
  type FrameComponent,
  type HuffmanTable,
  type JpegFrame,
  largestFactors,
  markerFrom,
  markers,
  NONE,
  type Segment,
  segmentFrom,
  Tables,
  zigzag,
} from './jpegSegments.js';

const { DHT, EOI, SOS, SOF0, SOF15, RST0, RST7 } = markers;
/** More scans are an attack: a progressive file has about ten. */
const MOST_SCANS = 500;

/** A plane of samples that a JPEG holds, from 0 to 255. */
export interface Plane {
  readonly samples: Uint8Array;
  /** Samples from one row of `samples` to the next. */
  readonly stride: number;
}

/** A component while it is decoded. */
interface Coefficients extends FrameComponent {
  /** Blocks of a row and of a column, with those that only fill the last MCUs. */
  readonly columns: number;
  readonly rows: number;
  /** Blocks of a row and of a column that hold some of the picture. */
  readonly ownColumns: number;
  readonly ownRows: number;
  /** 64 of each block, in rows. */
  readonly values: Int16Array;
  /** Steps between the values of each coefficient, as they were at its first scan. */
  steps?: Uint16Array;
}

/**
 * Decodes the planes of a JPEG from its first scan on. Where its data are damaged, does as libjpeg: blocks that are lost are
 * gray, and decoding goes on behind the next restart marker.
 *
 * @param scan content of the first scan's header
 * @param at offset of its data
 * @param tables segments DQT, DHT and DRI before it, in their order
 * @throws Error when the file ends too early or cannot be decoded
 */
export function decodePlanes(
  data: Uint8Array,
  frame: JpegFrame,
  { start, tables }: { readonly start: Segment; readonly tables: readonly Segment[] },
  flaws: Flaws,
): readonly Plane[] {
  const state = new Tables();
  for (const table of tables) state.read(table);
  const all = frame.components.map((component) => coefficientsOf(component, frame));
  const seen = new Set<Coefficients>();
  let segment: Segment | undefined = start;
  for (let scans = 0; segment !== undefined && segment.marker !== EOI; ) {
    let { end } = segment;
    if (segment.marker === SOS) {
      if (++scans > MOST_SCANS) throw new Error('it has too many scans');
      const scan = scanOf(segment.content, all, frame, state);
      for (const { component } of scan.parts) seen.add(component);
      end = decodeScan(data, end, scan, frame, state.restart, flaws);
      // The one scan of a file that is not progressive is all of it, whatever follows.
      if (!frame.progressive && seen.size === all.length) {
        flaws.endless = !endsFrom(data, end);
        break;
      }
    } else if (segment.marker >= SOF0 && segment.marker <= SOF15 && segment.marker !== DHT) {
      throw new Error('it has two frames');
    } else state.read(segment);
    segment = segmentFrom(data, end, flaws);
  }
  if (segment === undefined) throw new Error('it ends early');
  if (seen.size < all.length) flaws.lost = true;
  return all.map(samplesOf);
}

/** True if the marker of an end lies at or behind an offset. */
function endsFrom(data: Uint8Array, at: number): boolean {
  for (let from = at; from !== -1; from = data.indexOf(0xff, from + 1)) {
    if (data[from] === 0xff && data[from + 1] === EOI) return true;
  }
  return false;
}

function coefficientsOf(component: FrameComponent, { width, height, components }: JpegFrame): Coefficients {
  const [across, down] = largestFactors(components);
  const columns = Math.ceil(width / (8 * across)) * component.across;
  const rows = Math.ceil(height / (8 * down)) * component.down;
  return {
    ...component,
    ...{ columns, rows, values: new Int16Array(64 * columns * rows) },
    ownColumns: Math.ceil((width * component.across) / (8 * across)),
    ownRows: Math.ceil((height * component.down) / (8 * down)),
  };
}

interface ScanPart {
  readonly component: Coefficients;
  readonly direct: HuffmanTable | undefined;
  readonly others: HuffmanTable | undefined;
}

/** The header of a scan: ITU T.81, B.2.3. */
interface Scan {
  readonly parts: readonly ScanPart[];
  /** First and last coefficient of each block, in the order of the file. */
  readonly first: number;
  readonly last: number;
  /** Lowest bit that an earlier scan has told, or 0; lowest that this one tells. */
  readonly before: number;
  readonly shift: number;
}

function scanOf(
  content: Uint8Array,
  all: readonly Coefficients[],
  { progressive }: JpegFrame,
  tables: Tables,
): Scan {
  const count = content[0]!;
  if (!(count >= 1 && count <= 4) || content.length < 4 + 2 * count) throw new Error('a scan is broken');
  const parts: ScanPart[] = [];
  for (let i = 0; i < count; i++) {
    const [id, numbers] = [content[1 + 2 * i]!, content[2 + 2 * i]!];
    // Some files give all planes one number.
    const component = all.find((one) => one.id === id && parts.every((part) => part.component !== one));
    if (component === undefined) throw new Error('a scan is of no plane');
    const steps = component.steps ?? tables.steps[component.table];
    if (steps === undefined) throw new Error('a table is missing');
    component.steps = steps;
    parts.push({ component, direct: tables.direct[numbers >> 4], others: tables.others[numbers & 15] });
  }
  const blocks = parts.reduce((sum, { component: { across, down } }) => sum + across * down, 0);
  if (count > 1 && blocks > 10) throw new Error('a scan is broken');
  const [first, last, bits] = content.subarray(1 + 2 * count);
  const scan = progressive
    ? { parts, first: first!, last: last!, before: bits! >> 4, shift: bits! & 15 }
    : { parts, first: 0, last: 63, before: 0, shift: 0 };
  const sound = scan.first === 0 ? !progressive || scan.last === 0 : count === 1 && scan.last >= scan.first;
  if (!sound || scan.last > 63 || scan.shift > 13) throw new Error('a scan is broken');
  const [needsDirect, needsOthers] = [scan.first === 0 && scan.before === 0, scan.last > 0];
  for (const { direct, others } of parts) {
    if ((needsDirect && direct === undefined) || (needsOthers && others === undefined)) {
      throw new Error('a table is missing');
    }
  }
  return scan;
}

/** Decodes one scan. Returns the offset of the marker behind it, or where the file ends. */
function decodeScan(
  data: Uint8Array,
  start: number,
  { parts, first, last, before, shift }: Scan,
  frame: JpegFrame,
  restart: number,
  flaws: Flaws,
): number {
  let at = start;
  /** The marker that was met, whose second byte is before `at`; 0 if none was. */
  let marker = 0;
  /** The last bits that were read, how many are not yet used, and how many of these are none of the file's. */
  let [bits, count, padding] = [0, 0, 0];
  /** Blocks still to come at whose coefficients nothing is told. */
  let run = 0;
  const predictions = new Int32Array(parts.length);

  function fill(): void {
    while (count <= 16) {
      let byte = 0;
      if (marker === 0) {
        if (at >= data.length) marker = NONE;
        else {
          byte = data[at++]!;
          if (byte === 0xff) {
            while (data[at] === 0xff) at++;
            const next = at < data.length ? data[at++]! : NONE;
            if (next !== 0) [marker, byte] = [next, 0];
          }
        }
      }
      // Behind a marker there are zeros, as libjpeg has it.
      if (marker !== 0) padding += 8;
      bits = (bits << 8) | byte;
      count += 8;
    }
  }

  function receive(length: number): number {
    if (length === 0) return 0;
    fill();
    count -= length;
    return (bits >>> count) & ((1 << length) - 1);
  }

  function extended(length: number): number {
    const value = receive(length);
    return value < 1 << (length - 1) ? value - (1 << length) + 1 : value;
  }

  function symbol({ short, limits, offsets, symbols }: HuffmanTable): number {
    fill();
    const found = short[(bits >>> (count - 8)) & 255]!;
    if (found !== 0) {
      count -= found >> 8;
      return found & 255;
    }
    for (let length = 9; length <= 16; length++) {
      const code = (bits >>> (count - length)) & ((1 << length) - 1);
      if (code < limits[length]!) {
        count -= length;
        return symbols[code + offsets[length]!]!;
      }
    }
    // As libjpeg does, so that what follows is the same.
    count -= 17;
    flaws.lost = true;
    return 0;
  }

  function baseline(part: number, values: Int16Array, to: number): void {
    const { direct, others } = parts[part]!;
    predictions[part]! += extended(symbol(direct!) & 15);
    values[to] = predictions[part]!;
    for (let k = 1; k < 64; k++) {
      const code = symbol(others!);
      const length = code & 15;
      if (length === 0) {
        if (code >> 4 < 15) return;
        k += 15;
      } else {
        k += code >> 4;
        values[to + zigzag[k]!] = extended(length);
      }
    }
  }

  function directFirst(part: number, values: Int16Array, to: number): void {
    predictions[part]! += extended(symbol(parts[part]!.direct!) & 15);
    values[to] = predictions[part]! * (1 << shift);
  }

  function directAgain(_: number, values: Int16Array, to: number): void {
    if (receive(1) === 1) values[to]! |= 1 << shift;
  }

  function othersFirst(part: number, values: Int16Array, to: number): void {
    if (run > 0) {
      run--;
      return;
    }
    for (let k = first; k <= last; k++) {
      const code = symbol(parts[part]!.others!);
      const [zeros, length] = [code >> 4, code & 15];
      if (length > 0) {
        k += zeros;
        values[to + zigzag[k]!] = extended(length) * (1 << shift);
      } else if (zeros === 15) k += 15;
      else {
        run = (1 << zeros) + receive(zeros) - 1;
        return;
      }
    }
  }

  /** ITU T.81, G.1.2.3: bits of coefficients that are not 0 lie between those that tell new ones. */
  function othersAgain(part: number, values: Int16Array, to: number): void {
    const one = 1 << shift;
    const correct = (index: number): void => {
      const value = values[index]!;
      if (receive(1) === 1 && (value & one) === 0) values[index] = value < 0 ? value - one : value + one;
    };
    let k = first;
    if (run === 0) {
      for (; k <= last; k++) {
        const code = symbol(parts[part]!.others!);
        let [zeros, length] = [code >> 4, code & 15];
        let value = 0;
        if (length > 0) {
          if (length !== 1) flaws.lost = true;
          value = receive(1) === 1 ? one : -one;
        } else if (zeros < 15) {
          run = (1 << zeros) + receive(zeros);
          break;
        }
        for (; k <= last; k++) {
          const index = to + zigzag[k]!;
          if (values[index] !== 0) correct(index);
          else if (--zeros < 0) break;
        }
        if (value !== 0 && k < 64) values[to + zigzag[k]!] = value;
      }
    }
    if (run === 0) return;
    for (; k <= last; k++) if (values[to + zigzag[k]!] !== 0) correct(to + zigzag[k]!);
    run--;
  }

  const block = !frame.progressive
    ? baseline
    : first === 0
      ? before === 0
        ? directFirst
        : directAgain
      : before === 0
        ? othersFirst
        : othersAgain;

  /** Looks for the next marker in what is not yet used. */
  function seek(): void {
    const found = markerFrom(data, at, flaws);
    if (found === NONE) throw new Error('it ends early');
    marker = data[found]!;
    at = found + 1;
  }

  /** Goes on behind a restart marker: ITU T.81, F.1.2.3. Which of those that are met is meant, libjpeg's `jpeg_resync_to_restart` decides. */
  function resume(expected: number): void {
    if (marker === 0) seek();
    if (marker === NONE) throw new Error('it ends early');
    if (marker !== RST0 + expected) flaws.junk = true;
    while (marker !== 0) {
      const ahead = (marker - RST0 - expected) & 7;
      const restarts = marker >= RST0 && marker <= RST7;
      if (marker < SOF0 || (restarts && ahead >= 6)) seek();
      else if (!restarts || ahead === 1 || ahead === 2) break;
      else marker = 0;
    }
    [bits, count, padding, run] = [0, 0, 0, 0];
    predictions.fill(0);
  }

  const [only] = parts.length === 1 ? parts : [];
  const [across, down] = largestFactors(frame.components);
  const perRow = only?.component.ownColumns ?? Math.ceil(frame.width / (8 * across));
  const units = perRow * (only?.component.ownRows ?? Math.ceil(frame.height / (8 * down)));
  let [missing, expected] = [false, 0];
  for (let unit = 0; unit < units; unit++) {
    if (restart > 0 && unit > 0 && unit % restart === 0) {
      resume(expected);
      expected = (expected + 1) & 7;
      missing = marker !== 0;
      flaws.lost ||= missing;
    }
    if (missing) {
      // Blocks without data stay gray.
      if (restart === 0) break;
      unit += restart - 1 - (unit % restart);
      continue;
    }
    const [row, column] = [Math.floor(unit / perRow), unit % perRow];
    if (only !== undefined) {
      const { values, columns } = only.component;
      block(0, values, 64 * (row * columns + column));
    } else {
      for (let part = 0; part < parts.length; part++) {
        const { values, columns, across, down } = parts[part]!.component;
        for (let y = 0; y < down; y++) {
          const to = 64 * ((row * down + y) * columns + column * across);
          for (let x = 0; x < across; x++) block(part, values, to + 64 * x);
        }
      }
    }
    if (count < padding) {
      if (marker === NONE) throw new Error('it ends early');
      missing = true;
      flaws.lost = true;
    }
  }
  // Back to the marker that was met, if any.
  return marker > 0 ? at - 2 : at;
}

/** The samples of a plane: its coefficients times their steps, through the inverse cosine transform. */
function samplesOf({ columns, rows, values, steps }: Coefficients): Plane {
  const stride = 8 * columns;
  const samples = new Uint8Array(stride * 8 * rows);
  const own = steps ?? new Uint16Array(64);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const from = 64 * (row * columns + column);
      inverseCosine(values, from, own, samples, 8 * (row * stride + column), stride);
    }
  }
  return { samples, stride };
}
