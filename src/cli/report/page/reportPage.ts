import { armTitle, realImages } from '../../../evaluate/arms/arms.js';
import type { Html } from '../html.js';
import { differenceOf, imagesAnswer } from '../verdict.js';
import { adviceFor } from './advice.js';
import { gainChart } from './gainChart.js';
import { pageOf } from './pageFrame.js';
import { classifiersOf, type ReportParts, type ShownEvaluation, settingOf } from './pageParts.js';
import {
  accuracySection,
  confusionSection,
  dataSection,
  encoderSection,
  hallucinationSection,
  mapSection,
} from './sections.js';

/** Every arm by classifier, and its gain over the real images alone. */
function chart(evaluation: ShownEvaluation): Html {
  const groups = classifiersOf(evaluation).map(({ name, rows }) => {
    const alone = rows.find(({ arm }) => arm === realImages.name);
    return {
      title: name,
      ...(alone === undefined ? {} : { baseline: alone.mean }),
      rows: rows.map((row) => ({
        row,
        title: armTitle(row.arm),
        ...(alone === undefined || row === alone ? {} : { gain: differenceOf(row, alone) }),
      })),
    };
  });
  return gainChart(groups, 'the real images alone');
}

/**
 * One page about data, an encoder and its use: no script, no network access, all pictures embedded. The page depends on the parts
 * alone, byte by byte.
 */
export function reportPage(parts: ReportParts): string {
  const { evaluation } = parts;
  return pageOf({
    ...parts,
    kind: 'Few-shot report',
    answer: imagesAnswer(evaluation),
    setting: settingOf(evaluation),
    chart: chart(evaluation),
    advice: adviceFor(parts),
    sections: [
      hallucinationSection(parts),
      dataSection(parts),
      accuracySection(parts),
      confusionSection(parts),
      mapSection(parts),
      encoderSection(parts),
    ],
  });
}
