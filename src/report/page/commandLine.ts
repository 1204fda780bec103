import { type Html, html } from '../html.js';

/** The command that makes what is above it. */
export const commandLine = (command: string): Html =>
  html`<p class="command"><span>Made by</span> <code>${command}</code></p>`;
