import { type FileHandle, open } from 'node:fs/promises';
import { EXTRACTOR_SCHEMA } from '../models/extractorCard.js';
import { locateModel } from './loadModel.js';

/** Most bytes of the header of a safetensors file that is read. */
const MOST_BYTES = 1 << 20;

/**
 * True for a model that gives features of photos and draws nothing: a file of an extractor, or what another library wrote. False
 * for an autoencoder, and for what is missing or damaged, so that whoever loads it says so. Only the first bytes of a file are read.
 *
 * @param nameOrPath a shipped name, or the path of a file or folder; of a URL the ending decides
 */
export async function givesFeatures(nameOrPath: string): Promise<boolean> {
  if (/^https?:\/\//i.test(nameOrPath)) return /\.(json|onnx|zip)([?#].*)?$/i.test(nameOrPath);
  const path = await locateModel(nameOrPath).catch(() => nameOrPath);
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    if ((await file.stat()).isDirectory()) return true;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8 + MOST_BYTES), 0, 8 + MOST_BYTES, 0);
    const isSafetensors = bytesRead > 8 && buffer[8] === 0x7b && buffer[0] !== 0x7b;
    if (!isSafetensors) return bytesRead > 0 && /\.(json|onnx|zip)$/i.test(path);
    const length = Number(buffer.readBigUInt64LE());
    const header = JSON.parse(buffer.toString('utf8', 8, Math.min(bytesRead, 8 + length)));
    return header.__metadata__?.schema === EXTRACTOR_SCHEMA;
  } catch {
    return false;
  } finally {
    await file?.close();
  }
}
