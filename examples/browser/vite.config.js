import { defineConfig } from 'vite';

export default defineConfig({
  // Relative addresses: the built page works from any folder of any server.
  base: './',
  // TensorFlow.js is most of it.
  build: { chunkSizeWarningLimit: 2500 },
});
