import { cpus, release, totalmem } from 'node:os';

/** What a result says of the machine that it was measured on. */
export const machineOf = (versions) => ({
  cpu: cpus()[0].model,
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  os: `${process.platform} ${release()}`,
  versions,
});
