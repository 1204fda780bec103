import { UsageError } from '../../core/errors.js';
import { isEvaluationData, loadSplits } from '../../evaluate/data.js';
import { type ProtocolName, protocols, trainsEncoder } from '../../evaluate/protocols.js';
import { defaultSettings, type EvaluationSettings } from '../../evaluate/settings.js';
import { loadModel } from '../../node/loadModel.js';

/** The shipped encoder of drawings, which has seen no handwriting. */
export const DRAWINGS = 'characters';

/** Settings that choose an encoder. */
type Asked = Pick<EvaluationSettings, 'data' | 'split'> &
  Partial<Pick<EvaluationSettings, 'dataDir' | 'runs' | 'protocol' | 'model' | 'fit'>>;

/** A protocol and an encoder for it, and how images of one's own come into its shape if that was asked for. */
export type ChosenEncoder = Pick<EvaluationSettings, 'protocol' | 'model' | 'fit'>;

/**
 * Chooses protocol and encoder of an evaluation of images where they are not named: of a data set by name the default encoder, or
 * if the protocol refuses that, the one of drawings; of gray drawings the latter, which has not seen them. The backend must be
 * chosen first.
 */
export async function chosenEncoder({ fit, ...asked }: Asked): Promise<ChosenEncoder> {
  const { data, model, runs } = asked;
  const isOwn = !isEvaluationData(data);
  const usual = model === undefined && isOwn ? 'novel' : defaultSettings.protocol;
  const { protocol = runs === undefined ? usual : 'one-shot' } = asked;
  const fitting = fit === undefined ? {} : { fit };
  if (model !== undefined) return { protocol, model, ...fitting };
  if (trainsEncoder(protocols[protocol])) return { protocol, model: defaultSettings.model, ...fitting };
  if (!isOwn) return { protocol, model: await allowedBy(protocol, asked) };
  return { protocol, model: DRAWINGS, ...fitting };
}

/** The first encoder that a protocol does not refuse for a data set by name; the default where it refuses all. */
async function allowedBy(name: ProtocolName, asked: Asked): Promise<string> {
  const protocol = protocols[name];
  if (name === defaultSettings.protocol || trainsEncoder(protocol)) return defaultSettings.model;
  const splits = await loadSplits(asked);
  for (const model of [defaultSettings.model, DRAWINGS]) {
    const card = await cardOf(model);
    try {
      protocol.sources(splits, card);
      return model;
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
    }
  }
  return defaultSettings.model;
}

async function cardOf(name: string) {
  const model = await loadModel(name);
  try {
    return model.card;
  } finally {
    model.dispose();
  }
}
