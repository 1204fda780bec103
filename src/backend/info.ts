/** A backend on any platform: `native` exists in Node alone, `webgl` in browsers alone. */
export type AnyBackendName = 'native' | 'wasm' | 'webgl' | 'cpu';

/** A backend, and how it computes. */
export interface BackendInfoOf<Name extends AnyBackendName> {
  readonly name: Name;
  /** Why this one, as a clause: "FEWSHOT_BACKEND asks for it". */
  readonly reason: string;
  /** Threads that one tensor operation may use. */
  readonly threads: number;
  /** Whether vector instructions are in use. */
  readonly simd: boolean;
  readonly versions: {
    readonly tfjs: string;
    /** Absent in a browser. */
    readonly node?: string;
    readonly libtensorflow?: string;
    readonly wasm?: string;
  };
}
