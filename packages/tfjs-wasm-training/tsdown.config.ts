import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: { index: 'src/index.ts', assembler: 'src/assembler.ts' },
  format: 'esm',
  platform: 'neutral',
  target: 'node20',
  dts: true,
  inputOptions: { checks: { pluginTimings: false } },
  sourcemap: true,
  fixedExtension: false,
  tsconfig: '../../tsconfig.json',
});
