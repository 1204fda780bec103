import {
  checkFields,
  checkFlag,
  checkText,
  fieldsOf,
  oneAmong,
  optional,
  whole,
} from '../core/kindChecks.js';

/** A backend on any platform: `native` exists in Node alone, `webgl` in browsers alone. */
export type AnyBackendName = 'native' | 'wasm' | 'webgl' | 'webgpu' | 'cpu';

/**
 * How wasm computes sums of products: `fma` multiplies and adds in one instruction that rounds once, where the machine has
 * it; `plain` rounds twice. They differ in last digits, and either gives the same bits everywhere.
 */
export const arithmetics = ['fma', 'plain'] as const;
export type Arithmetic = (typeof arithmetics)[number];

/** What WebGPU computes on. */
export interface Adapter {
  readonly name: string;
  /** True if no graphics card is behind it, so that it is slow. */
  readonly software: boolean;
}

/** A backend and its properties. */
export interface BackendInfoOf<Name extends AnyBackendName> {
  readonly name: Name;
  /** Reason for the choice, as a clause: "FEWSHOT_BACKEND asks for it". */
  readonly reason: string;
  /** Threads that one tensor operation may use. */
  readonly threads: number;
  /** True if vector instructions are in use. */
  readonly simd: boolean;
  /** How sums of products are computed, where it can be chosen. */
  readonly arithmetic?: Arithmetic;
  /** Adapter of webgpu. */
  readonly adapter?: Adapter;
  readonly versions: {
    readonly tfjs: string;
    /** Absent in a browser. */
    readonly node?: string;
    readonly libtensorflow?: string;
    readonly wasm?: string;
  };
}

const titles: Record<AnyBackendName, string> = {
  native: 'native (libtensorflow through tfjs-node)',
  wasm: 'wasm (WebAssembly)',
  webgl: 'webgl (graphics card)',
  webgpu: 'webgpu (graphics card, by WebGPU)',
  cpu: 'cpu (plain JavaScript, slow)',
};

const arithmeticTitles: Record<Arithmetic, string> = {
  fma: ', with fused multiply-add (arithmetic fma)',
  plain: ', without fused multiply-add (arithmetic plain)',
};

/**
 * The backend and the reason for it, as lines of text.
 *
 * ```ts
 * console.log(describeBackend(await selectBackend()).join('\n'));
 * ```
 *
 * @throws UsageError for what no `selectBackend` gave
 */
export function describeBackend(info: BackendInfoOf<AnyBackendName>): string[] {
  checkFields('describeBackend', info, {
    name: oneAmong(Object.keys(titles)),
    reason: checkText,
    threads: whole(),
    simd: checkFlag,
    arithmetic: optional(oneAmong(arithmetics)),
    adapter: optional(fieldsOf({ name: checkText, software: checkFlag })),
    versions: fieldsOf({
      tfjs: checkText,
      node: optional(checkText),
      libtensorflow: optional(checkText),
      wasm: optional(checkText),
    }),
  });
  const { adapter } = info;
  const { tfjs, node, libtensorflow, wasm } = info.versions;
  const versions = [
    `tfjs ${tfjs}`,
    ...(libtensorflow === undefined ? [] : [`libtensorflow ${libtensorflow}`]),
    ...(wasm === undefined ? [] : [`tfjs-backend-wasm ${wasm}`]),
    ...(node === undefined ? [] : [`Node ${node}`]),
  ];
  return [
    `backend   ${titles[info.name]}`,
    `because   ${info.reason}`,
    ...(adapter === undefined
      ? []
      : [`adapter   ${adapter.name}${adapter.software ? ' (software, slow)' : ''}`]),
    `threads   ${info.threads}`,
    `SIMD      ${info.simd ? 'yes' : 'no'}${info.arithmetic === undefined ? '' : arithmeticTitles[info.arithmetic]}`,
    `versions  ${versions.join(', ')}`,
  ];
}
