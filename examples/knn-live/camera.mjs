import { setTimeout } from 'node:timers/promises';
import { imagesOf, loadMnist, sampleEpisode } from 'fewshot-atnl/data';

/**
 * Stands in for a camera: photos of digits that come one by one, every few milliseconds, first one of each digit, then a
 * second of each; and test images that are never learnt, `queries` of each digit.
 */
export async function openCamera({ shots, queries, seed, pause = 10 }) {
  const { train, test } = await loadMnist();
  const episode = sampleEpisode(
    { support: train, query: test },
    { ways: 10, shots, queries, seed, episode: 0 },
  );
  async function* photos() {
    for (const photo of imagesOf(episode.support)) {
      await setTimeout(pause);
      yield photo;
    }
  }
  return { photos: photos(), queries: [...imagesOf(episode.query)] };
}
