declare module 'webgpu' {
  /** WebGPU of Dawn, by flags. */
  export function create(flags: readonly string[]): GPU;
  /** Classes and constants of WebGPU, which browsers have as globals. */
  export const globals: Readonly<Record<string, unknown>>;
}
