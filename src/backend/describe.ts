import type { AnyBackendName, BackendInfoOf } from './info.js';

const titles: Record<AnyBackendName, string> = {
  native: 'native (libtensorflow through tfjs-node)',
  wasm: 'wasm (WebAssembly)',
  webgl: 'webgl (graphics card)',
  cpu: 'cpu (plain JavaScript, slow)',
};

/** What computes and why, as lines of text for people. */
export function describeBackend(info: BackendInfoOf<AnyBackendName>): string[] {
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
    `threads   ${info.threads}`,
    `SIMD      ${info.simd ? 'yes' : 'no'}`,
    `versions  ${versions.join(', ')}`,
  ];
}
