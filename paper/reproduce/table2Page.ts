import { estimated, percent, points, verdictOf } from '../../src/cli/report/figures.js';
import { markdownTable } from '../../src/cli/report/markdownTable.js';
import { type LinePanel, lineFigure } from '../../src/cli/report/plots/lineFigure.js';
import { armNames } from '../../src/evaluate/arms/arms.js';
import { type ProtocolName, protocols } from '../../src/evaluate/protocols.js';
import type { ImageClassifierName } from '../../src/evaluate/settings.js';
import type { ResultHead } from './exhibit.js';
import { rowWith, unique } from './exhibit.js';
import type { Table2, Table2Row } from './table2Result.js';
import { novelDigits, posterSetting } from './table2Settings.js';

const inOrder = (arms: readonly string[]) =>
  [...arms].sort((a, b) => armNames.indexOf(a) - armNames.indexOf(b));

/** Accuracy and its gain over `geometric`, bold if the interval of the gain is above zero. */
function cell(row: Table2Row | undefined): string {
  if (row === undefined) return '–';
  const { geometric } = row.against;
  if (geometric === undefined) return estimated(row);
  return `${verdictOf(geometric) === 'better' ? `**${estimated(row)}**` : estimated(row)} (${points(geometric)})`;
}

/** Table of every arm at the poster's setting, beside the poster's figures. */
function besidePoster(rows: readonly Table2Row[]): string {
  const { k, shots, protocol } = posterSetting;
  const judged = rows.filter((row) => row.protocol === protocol && row.shots === shots);
  const lines = unique(judged.map(({ model }) => model)).flatMap((model) => {
    const own = judged.filter((row) => row.model === model);
    return unique(own.map(({ arm }) => arm)).map((arm) => {
      const found = [
        rowWith(own, { ...posterSetting, arm, classifier: 'knn' }),
        rowWith(own, { ...posterSetting, arm, classifier: 'cnn', k: null }),
      ];
      return [
        model ?? '–',
        arm,
        ...found.flatMap((row) => [estimated(row), row.poster === undefined ? '–' : percent(row.poster)]),
      ];
    });
  });
  return `## Beside the poster\n\nProtocol \`${protocol}\`, ${shots} shots a class. The poster states neither its shots nor its k: that they are ${shots} and k = ${k} is inferred from its figures, and so are its encoder's data.\n\n${markdownTable(['Encoder', 'Arm', `KNN, k = ${k}`, 'poster', 'CNN', 'poster'], lines, 2)}`;
}

/** Sentences on what the encoder has seen under a protocol. */
function protocolSentence(name: ProtocolName, rows: readonly Table2Row[]): string {
  const models = unique(rows.flatMap(({ model }) => (model === null ? [] : [model])));
  const judged = models.flatMap((model) =>
    name === 'novel' && model in novelDigits ? [`\`${model}\` on ${novelDigits[model]}`] : [],
  );
  const ways = unique(rows.map((row) => `${row.ways}-way`)).join(', ');
  return `${ways}. Under \`${name}\` the encoder has seen: ${protocols[name].encoder}.${judged.length === 0 ? '' : ` It is judged on what it has not seen: ${judged.join(', ')}.`}`;
}

/** Table of a protocol: a row for each encoder, classifier and arm, a column for each number of shots. */
function protocolTable(name: ProtocolName, rows: readonly Table2Row[]): string {
  const shots = unique(rows.map((row) => row.shots)).sort((a, b) => a - b);
  const order = (row: Table2Row) => row.k ?? Number.POSITIVE_INFINITY;
  const lines = unique(rows.map(({ model }) => model)).flatMap((model) => {
    const own = rows.filter((row) => row.model === model);
    return unique(own.map(order))
      .sort((a, b) => a - b)
      .flatMap((k) => {
        const same = own.filter((row) => order(row) === k);
        return inOrder(unique(same.map(({ arm }) => arm))).map((arm) => [
          model ?? 'one an episode',
          Number.isFinite(k) ? `KNN, k = ${k}` : 'CNN',
          arm,
          ...shots.map((count) => cell(same.find((row) => row.arm === arm && row.shots === count))),
        ]);
      });
  });
  const header = ['Encoder', 'Classifier', 'Arm', ...shots.map((n) => `${n} ${n === 1 ? 'shot' : 'shots'}`)];
  return `## Protocol \`${name}\`\n\n${protocolSentence(name, rows)}\n\n${markdownTable(header, lines, 3)}`;
}

/** Sentence on arms that learn from several encoders. */
function taughtNote(rows: readonly Table2Row[]): string {
  const taught = rows.filter(({ teachers }) => teachers !== undefined);
  if (taught.length === 0) return '';
  const [arms, teachers] = [taught.map(({ arm }) => arm), taught.flatMap((row) => row.teachers!)].map(
    (names) =>
      unique(names)
        .map((name) => `\`${name}\``)
        .join(' and '),
  );
  return ` Labels of ${arms} are by the encoder and ${teachers} together.`;
}

/** The page of Table 2. */
export function table2Page({ rows, command, scale, seeds }: ResultHead & Table2): string {
  const episodes = rows[0]!.episodes.length;
  const over =
    episodes === 1 ? 'one episode' : `mean ± 95 % interval over ${episodes} episodes, the same for every arm`;
  const note = `Accuracy in % on MNIST's test set, ${over} (seed ${seeds.join(', ')}; ${scale} run). In brackets: the difference to \`geometric\`, paired by episode; bold where its interval is above zero. For \`codes\` no image is made: a KNN on codes, and in place of the CNN the nearest class mean. Arms that end in \`+labels\` change what the CNN learns alone.${taughtNote(rows)} Made by \`${command}\`.`;
  const names = unique(rows.map(({ protocol }) => protocol));
  const tables = names.map((name) =>
    protocolTable(
      name,
      rows.filter(({ protocol }) => protocol === name),
    ),
  );
  return `# Table 2: few-shot accuracy\n\n${note}\n\n${[besidePoster(rows), ...tables].join('\n\n')}\n\n![Accuracy against shots by protocol and classifier](table2.svg)\n`;
}

const K = 1;
const panelTitles: Readonly<Record<ImageClassifierName, string>> = { knn: `KNN, k = ${K}`, cnn: 'CNN' };

/** Lines of the arms that were judged at every number of shots, where there are several. */
function panelOf(title: string, rows: readonly Table2Row[]): LinePanel[] {
  const { length } = unique(rows.map(({ shots }) => shots));
  if (length < 2) return [];
  const lines = unique(rows.map(({ arm }) => arm)).flatMap((name) => {
    const points = rows
      .filter(({ arm }) => arm === name)
      .map(({ shots, mean, ci95 }) => ({ x: shots, mean, ci95 }));
    return points.length < length ? [] : [{ name, points }];
  });
  return lines.length === 0 ? [] : [{ title, lines }];
}

/** Accuracy against shots, a panel for each protocol, encoder and classifier. */
export function table2Figure({ rows }: Pick<Table2, 'rows'>): string {
  const drawn = rows.filter(({ k }) => k === K || k === null);
  const panels = unique(drawn.map(({ protocol }) => protocol)).flatMap((protocol) => {
    const own = drawn.filter((row) => row.protocol === protocol);
    const models = unique(own.map(({ model }) => model));
    return models.flatMap((model) =>
      (['knn', 'cnn'] as const).flatMap((classifier) => {
        const digits = protocol === 'novel' ? novelDigits[model ?? ''] : undefined;
        const which = digits ?? (models.length > 1 ? model : undefined);
        const what = which === undefined ? protocol : `${protocol} ${which}`;
        return panelOf(
          `${what}, ${panelTitles[classifier]}`,
          own.filter((row) => row.model === model && row.classifier === classifier),
        );
      }),
    );
  });
  return lineFigure({
    title: 'Table 2: accuracy on MNIST against shots',
    xLabel: 'shots a class',
    yLabel: 'accuracy, %',
    legendTitle: 'arm',
    columns: 2,
    panels,
  });
}
