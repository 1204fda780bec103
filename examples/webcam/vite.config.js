import { defineConfig } from 'vite';

export default defineConfig({
  // Relative addresses: the built page works from any folder of any server.
  base: './',
  // The worker is one file within the page's own, so that the page's content security policy holds for it too.
  worker: { format: 'es', rolldownOptions: { output: { codeSplitting: false } } },
  // TensorFlow.js is most of it, and the worker takes all the time.
  build: { chunkSizeWarningLimit: 4000, rolldownOptions: { checks: { bundlerTimings: false } } },
});
