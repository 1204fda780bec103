import { defineConfig } from 'vite';

export default defineConfig({
  // Relative addresses: the built page works from any folder of any server.
  base: './',
  plugins: [
    {
      // Only the development server puts styles into the page.
      name: 'strict-styles',
      apply: 'build',
      transformIndexHtml: (html) => html.replace(" 'unsafe-inline'", ''),
    },
  ],
  // The worker is one file within the page's own, so that the page's content security policy holds for it too.
  // ONNX Runtime is for other extractors than that of this page, WebGPU another backend.
  worker: {
    format: 'es',
    rolldownOptions: {
      external: ['onnxruntime-web', '@tensorflow/tfjs-backend-webgpu'],
      output: { codeSplitting: false },
    },
  },
  // TensorFlow.js is most of it, and the worker takes all the time.
  build: { chunkSizeWarningLimit: 4000, rolldownOptions: { checks: { bundlerTimings: false } } },
});
