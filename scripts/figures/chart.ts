import { element } from '../../src/cli/report/plots/svg.js';

/** Width of a picture on a page. */
export const WIDTH = 760;

/** Colors in light and dark; blue and gray are told apart without color by their fill. */
const STYLE = `text{font:14px system-ui,sans-serif;fill:#1b1b1b}.faint{fill:#5a5a5a;font-size:12px}.gain{font-weight:600;fill:#0b5cad}
.rule{stroke:#d4d4d4}.line{stroke:#0b5cad;stroke-width:4}.made{fill:#0b5cad}.base{fill:none;stroke:#5a5a5a;stroke-width:2}
@media (prefers-color-scheme:dark){text{fill:#ececec}.faint{fill:#a8a8a8}.gain{fill:#7cb8f5}.rule{stroke:#444}.line{stroke:#7cb8f5}.made{fill:#7cb8f5}.base{stroke:#a8a8a8}}`;

/** A picture of a page, in light and dark. `says` is what it tells who cannot see it. */
export const chart = (height: number, says: string, inside: readonly string[]): string =>
  `${element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${WIDTH} ${height}`,
      ...{ width: WIDTH, height, role: 'img', 'aria-label': says },
    },
    [`<style>${STYLE}</style>`, ...inside],
  )}\n`;
